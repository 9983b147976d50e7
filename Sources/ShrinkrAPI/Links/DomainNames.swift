import Foundation

/// International domain names.
package enum DomainNames {
    /// The ASCII form of a domain name (UTS #46, non-transitional, as the WHATWG URL standard's "domain to ASCII" asks);
    /// nil where it has none.
    ///
    /// Foundation's ICU does the work: it is what `URL` itself uses for hosts.
    @Sendable package static func toASCII(_ domain: String) -> String? {
        guard !domain.isEmpty, let host = URLComponents(string: "http://\(domain)/")?.encodedHost else { return nil }
        let ascii = host.lowercased()
        return ascii.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "%") } ? ascii : nil
    }
}
