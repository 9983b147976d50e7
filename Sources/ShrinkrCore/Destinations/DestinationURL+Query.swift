extension DestinationURL {
    /// The destination with a visitor's query string added to its own: after `?` or `&`, before the fragment.
    ///
    /// Everything a query may not hold as it is, control characters and `#` included, is percent-encoded, so the
    /// result is again a normalised destination. An empty `raw` changes nothing.
    ///
    /// - Parameter raw: the query of the request, without its question mark, not decoded.
    /// - Returns: `nil` where the result would be longer than `maximumLength`.
    package func appendingQuery(_ raw: String) -> DestinationURL? {
        guard !raw.isEmpty else { return self }
        guard string.utf8.count + raw.utf8.count < Self.maximumLength else { return nil }
        let end = queryRange?.upperBound ?? pathRange.upperBound
        var bytes = Array(string.utf8.prefix(end))
        if let queryRange {
            if !queryRange.isEmpty { bytes.append(UInt8(ascii: "&")) }
        } else {
            bytes.append(UInt8(ascii: "?"))
        }
        PercentEncoding.encode(raw.utf8, .specialQuery, into: &bytes)
        let queryEnd = bytes.count
        bytes += string.utf8.dropFirst(end)
        guard bytes.count <= Self.maximumLength else { return nil }
        return DestinationURL(
            string: String(decoding: bytes, as: UTF8.self), scheme: scheme, host: host, port: port,
            pathRange: pathRange, queryRange: (queryRange?.lowerBound ?? end + 1)..<queryEnd)
    }
}
