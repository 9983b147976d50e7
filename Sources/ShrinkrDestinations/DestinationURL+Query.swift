import ShrinkrBase

extension DestinationURL {
    /// The destination with a visitor's query string added to its own: after `?` or `&`, before the fragment.
    ///
    /// Everything a query may not hold as it is, control characters and `#` included, is percent-encoded, so the
    /// result is again a normalised destination. An empty `raw` changes nothing. Where not all of it fits into
    /// `maximumLength`, those of its parameters are left out, whole, that do not fit behind the others before them.
    ///
    /// - Parameter raw: the query of the request, without its question mark, not decoded.
    package func appendingQuery(_ raw: String) -> DestinationURL {
        guard !raw.isEmpty else { return self }
        let end = queryRange?.upperBound ?? pathRange.upperBound
        let separator: [UInt8] =
            switch queryRange {
            case nil: [UInt8(ascii: "?")]
            case let range? where range.isEmpty: []
            default: [UInt8(ascii: "&")]
            }
        let room = Self.maximumLength - string.utf8.count - separator.count
        let added = Self.encoded(raw, atMost: room)
        guard !added.isEmpty else { return self }
        let before = string.utf8.prefix(end) + separator
        let bytes = before + added + string.utf8.dropFirst(end)
        return DestinationURL(
            string: String(decoding: bytes, as: UTF8.self), scheme: scheme, host: host, port: port,
            pathRange: pathRange, queryRange: (queryRange?.lowerBound ?? end + 1)..<(before.count + added.count))
    }

    /// The parameters of a query, percent-encoded, as far as they fit into `room` bytes.
    private static func encoded(_ raw: String, atMost room: Int) -> [UInt8] {
        var output: [UInt8] = []
        var isFirst = true
        for parameter in raw.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            let start = output.count
            if !isFirst { output.append(UInt8(ascii: "&")) }
            PercentEncoding.encode(parameter, .specialQuery, into: &output)
            if output.count > room {
                output.removeSubrange(start...)
            } else {
                isFirst = false
            }
        }
        return output
    }
}
