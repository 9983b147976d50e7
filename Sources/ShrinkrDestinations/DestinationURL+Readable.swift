import ShrinkrBase

extension DestinationURL {
    /// The URL as people read and type it: the host in Unicode, and what is percent-encoded behind it as the text that it
    /// stands for. Nil where that is the URL itself. Not to be followed: it may lead elsewhere, or nowhere.
    ///
    /// What is no UTF-8 or no Punycode stays as it is.
    package var readable: String? {
        let start = pathRange.lowerBound
        let bytes = Array(string.utf8)
        let (origin, rest) = (bytes[..<start], bytes[start...])
        let name = InternationalDomain.readable(origin)
        let text = UntrustedText(bytes: rest).percentDecoded
        guard name != nil || text.count < rest.count else { return nil }
        let behind = text.isUTF8 ? text.string : String(decoding: rest, as: UTF8.self)
        return (name ?? String(decoding: origin, as: UTF8.self)) + behind
    }
}

extension InternationalDomain {
    /// The text with its labels in Unicode; nil where all of them are ASCII.
    ///
    /// - Parameter origin: scheme, host and port of a normalised URL.
    fileprivate static func readable(_ origin: ArraySlice<UInt8>) -> String? {
        guard UntrustedText(bytes: origin).holds("xn--") else { return nil }
        var scalars = String.UnicodeScalarView()
        var isUnicode = false
        let separators = [UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":")]
        for part in origin.split(omittingEmptySubsequences: false, whereSeparator: separators.contains) {
            if part.startIndex > origin.startIndex { scalars.append(Unicode.Scalar(origin[part.startIndex - 1])) }
            let decoded =
                part.starts(with: "xn--".utf8) ? Punycode.decode(part.dropFirst(4).map { UInt32($0) }[...]) : nil
            if decoded != nil { isUnicode = true }
            scalars.append(contentsOf: (decoded ?? part.map { UInt32($0) }).compactMap { Unicode.Scalar($0) })
        }
        return isUnicode ? String(scalars) : nil
    }
}
