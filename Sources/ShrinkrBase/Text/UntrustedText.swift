/// Text that came from outside: a header field, a part of a request target, a JSON name or value, a queue message, a
/// setting.
///
/// Swift's `String` compares, hashes and searches by canonical equivalence (Unicode Standard, section 3.12). It sorts
/// combining marks for that, in time that grows with the square of a run which the sender chooses. This type knows
/// bytes alone: every operation takes time linear in the text's bytes, and two texts are equal where their UTF-8 is.
/// It has no `==` with `String` on purpose; ``ascii`` and ``string`` are the ways out.
package struct UntrustedText: Hashable, Sendable {
    /// The text in UTF-8, or what was sent in its place.
    package let bytes: ArraySlice<UInt8>

    package init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    package init(bytes: some Sequence<UInt8>) {
        self.bytes = ArraySlice(bytes)
    }

    package init(_ text: some StringProtocol) {
        bytes = ArraySlice(text.utf8)
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// Bytes of the text.
    package var count: Int { bytes.count }

    package var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

    /// The text as a `String` that is safe to compare, since it is ASCII; nil where it is not.
    package var ascii: String? { isASCII ? string : nil }

    /// The text as a `String` for storing and showing, with U+FFFD for what is no UTF-8. Not to be compared, hashed,
    /// searched or split.
    package var string: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: - Comparing

extension UntrustedText {
    package func hash(into hasher: inout Hasher) {
        // All bytes at once: one after the other takes several times as long.
        hasher.combine(bytes.count)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// Whether the text is `other`, byte for byte.
    package func equals(_ other: StaticString) -> Bool {
        other.withUTF8Buffer { bytes.count == $0.count && bytes.elementsEqual($0) }
    }

    /// Whether the text is `other`, byte for byte.
    package func equals(_ other: some StringProtocol) -> Bool {
        bytes.count == other.utf8.count && bytes.elementsEqual(other.utf8)
    }

    /// Whether the text is `other`, where the case of `A` to `Z` does not count (RFC 9110 compares most names so).
    package func equalsIgnoringCase(_ other: StaticString) -> Bool {
        other.withUTF8Buffer { other in
            bytes.count == other.count
                && zip(bytes, other).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
        }
    }

    package func begins(with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { bytes.starts(with: $0) }
    }

    /// Whether the text begins with `prefix`, where the case of `A` to `Z` does not count.
    package func beginsIgnoringCase(with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { bytes.starts(with: $0) { $0.asciiLowercased == $1.asciiLowercased } }
    }

    package func ends(with suffix: StaticString) -> Bool {
        suffix.withUTF8Buffer { bytes.suffix($0.count).elementsEqual($0) }
    }

    package func contains(byte: Unicode.Scalar) -> Bool {
        bytes.contains(UInt8(ascii: byte))
    }

    /// Whether `other` occurs in the text. Takes time linear in the text's bytes, times the few bytes of `other`.
    package func holds(_ other: StaticString) -> Bool {
        other.withUTF8Buffer { other in
            guard let first = other.first else { return true }
            var rest = bytes
            while rest.count >= other.count, let start = rest.firstIndex(of: first) {
                rest = rest[start...]
                if rest.starts(with: other) { return true }
                rest = rest.dropFirst()
            }
            return false
        }
    }

    /// Whether the UTF-8 of the text comes before that of `other`. This is the order of scalars, and SQLite's.
    package static func precedes(_ first: UntrustedText, _ second: UntrustedText) -> Bool {
        first.bytes.lexicographicallyPrecedes(second.bytes)
    }
}

// MARK: - Parts

extension UntrustedText {
    /// The text with `a` to `z` for `A` to `Z`, and all else as it is.
    package var lowercasedASCII: UntrustedText {
        UntrustedText(bytes: bytes.map(\.asciiLowercased))
    }

    /// The text with `A` to `Z` for `a` to `z`, and all else as it is.
    package var uppercasedASCII: UntrustedText {
        UntrustedText(bytes: bytes.map { $0.isASCIILetter ? $0 & ~0x20 : $0 })
    }

    /// The text without the spaces and tabs around it: what RFC 9110, section 5.6.3 calls optional white space.
    package var trimmed: UntrustedText {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes[start...].lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return UntrustedText(bytes: bytes[start..<end])
    }

    /// The pieces between separators, empty ones included; nil where there are more than `limit`.
    ///
    /// - Parameter limit: Most pieces. What is done for each of them is work that the sender orders.
    package func split(on separator: Unicode.Scalar, atMost limit: Int) -> [UntrustedText]? {
        let separator = UInt8(ascii: separator)
        let pieces = bytes.split(separator: separator, maxSplits: limit, omittingEmptySubsequences: false)
        guard pieces.count <= limit else { return nil }
        return pieces.map { UntrustedText(bytes: $0) }
    }

    /// What stands before the first `separator` and what behind it; the whole text and nil where there is none.
    package func cut(at separator: Unicode.Scalar) -> (before: UntrustedText, after: UntrustedText?) {
        guard let index = bytes.firstIndex(of: UInt8(ascii: separator)) else { return (self, nil) }
        return (UntrustedText(bytes: bytes[..<index]), UntrustedText(bytes: bytes[(index + 1)...]))
    }

    /// What stands before the last `separator` and what behind it; nil and the whole text where there is none.
    package func cutAtLast(_ separator: Unicode.Scalar) -> (before: UntrustedText?, after: UntrustedText) {
        guard let index = bytes.lastIndex(of: UInt8(ascii: separator)) else { return (nil, self) }
        return (UntrustedText(bytes: bytes[..<index]), UntrustedText(bytes: bytes[(index + 1)...]))
    }

    package func dropFirst(_ count: Int = 1) -> UntrustedText { UntrustedText(bytes: bytes.dropFirst(count)) }

    package func dropLast(_ count: Int = 1) -> UntrustedText { UntrustedText(bytes: bytes.dropLast(count)) }

    /// The text with `replacement` for every `byte`.
    package func mapping(_ byte: Unicode.Scalar, to replacement: Unicode.Scalar) -> UntrustedText {
        let (byte, replacement) = (UInt8(ascii: byte), UInt8(ascii: replacement))
        return bytes.contains(byte) ? UntrustedText(bytes: bytes.map { $0 == byte ? replacement : $0 }) : self
    }

    /// The beginning of at most `limit` bytes, cut between scalars.
    package func prefix(bytes limit: Int) -> UntrustedText {
        guard bytes.count > limit else { return self }
        var end = bytes.startIndex + max(0, limit)
        // A byte that continues a scalar is 10xxxxxx; a scalar has at most three of them.
        while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return UntrustedText(bytes: bytes[..<end])
    }
}

// MARK: - Forms

extension UntrustedText {
    /// The text in Unicode's Normalisation Form C (UAX #15), in which it is stored, shown and compared; with U+FFFD for
    /// what is no UTF-8. Takes n log n time for n bytes, so bound the length first.
    package var normalised: UntrustedText {
        guard !isASCII else { return self }
        let composed = CanonicalComposition.compose(string.unicodeScalars.map(\.value))
        var text = String.UnicodeScalarView()
        text.append(contentsOf: composed.lazy.compactMap { Unicode.Scalar($0) })
        return UntrustedText(String(text))
    }

    /// The text with each `%` and two hexadecimal digits replaced by the byte that they stand for; any other `%` stays
    /// (RFC 3986, section 2.1). Need not be UTF-8.
    package var percentDecoded: UntrustedText {
        bytes.contains(UInt8(ascii: "%")) ? UntrustedText(bytes: PercentEncoding.decode(bytes)[...]) : self
    }

    /// The text with each byte that is not ASCII as `%` and two hexadecimal digits: what clients should have sent.
    package var percentEncodedASCII: String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte < 0x80 { encoded.append(byte) } else { PercentEncoding.encode([byte], .fragment, into: &encoded) }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The number that the text's decimal digits make; nil where there is another character, or the number is too large.
    package var digits: Int? {
        guard !isEmpty, bytes.allSatisfy(\.isASCIIDigit) else { return nil }
        var number = 0
        for byte in bytes {
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !isLarger else { return nil }
            number = sum
        }
        return number
    }

    /// Whether the bytes are UTF-8.
    package var isUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }
}
