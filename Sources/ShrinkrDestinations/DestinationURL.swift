/// Where a link leads: an absolute `http` or `https` URL that has been checked and normalised once.
///
/// `string` is the serialisation of the WHATWG URL Standard (https://url.spec.whatwg.org), pure ASCII, at most
/// `maximumLength` bytes, and is what the `Location` header carries. We are stricter than that standard in four
/// points: user-info and control characters are refused instead of kept or dropped, port 0 is refused, and the length is
/// limited.
package struct DestinationURL: Sendable, Hashable {
    /// The longest destination accepted, in bytes of UTF-8, as given and as normalised: 8 KiB, which common proxies
    /// and browsers still take in one header line.
    package static let maximumLength = 8192

    /// The two schemes a destination may have.
    package enum Scheme: String, Sendable {
        case http, https

        /// The port a URL of this scheme means when it names none.
        package var defaultPort: UInt16 {
            switch self {
            case .http: 80
            case .https: 443
            }
        }
    }

    /// The normalised URL.
    package let string: String
    /// The scheme, in lower case.
    package let scheme: Scheme
    /// The host, after percent-decoding, conversion to ASCII and the reading of IP addresses.
    package let host: DestinationHost
    /// The port, or `nil` where the URL names none or the default of its scheme.
    package let port: UInt16?

    /// The path with its leading slash, as a range of offsets in `string.utf8`.
    let pathRange: Range<Int>
    /// The query without its question mark, as a range of offsets in `string.utf8`; `nil` without a question mark.
    let queryRange: Range<Int>?

    /// Checks and normalises `text`. Work grows linearly with its length, or with n log n for a host that is not ASCII.
    ///
    /// - Parameter text: what a client sent, or a stored `string`, which stays as it is. Spaces around it are dropped.
    /// - Throws: the first reason for which `text` cannot be a destination.
    package static func parse(_ text: String) throws(DestinationError) -> DestinationURL {
        var parser = try DestinationURLParser(text)
        return try parser.parse()
    }

    /// The port a client connects to.
    package var effectivePort: UInt16 { port ?? scheme.defaultPort }

    /// The path with its leading slash, percent-encoded.
    package var path: Substring { substring(pathRange) }

    /// The query without its question mark, percent-encoded; `nil` for a URL without a question mark.
    package var query: Substring? { queryRange.map(substring) }

    private func substring(_ range: Range<Int>) -> Substring {
        let lower = string.utf8.index(string.startIndex, offsetBy: range.lowerBound)
        let upper = string.utf8.index(lower, offsetBy: range.count)
        return string[lower..<upper]
    }
}

extension DestinationURL: CustomStringConvertible {
    package var description: String { string }
}
