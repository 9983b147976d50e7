import ShrinkrBase

/// The textual forms of IPv4 addresses: the ends-in-a-number checker, the IPv4 parser and the IPv4 serialiser of the
/// WHATWG URL Standard, sections 3.5 and 3.6.
enum IPv4Notation {
    private static let dot = UInt8(ascii: ".")

    /// Whether a domain has to be read as an IPv4 address: its last label is decimal digits or a number.
    static func endsInNumber(_ domain: [UInt8]) -> Bool {
        let trimmed = domain.last == dot ? domain.dropLast() : domain[...]
        let label = trimmed.suffix(from: trimmed.lastIndex(of: dot).map { $0 + 1 } ?? trimmed.startIndex)
        guard !label.isEmpty else { return false }
        return label.allSatisfy(\.isASCIIDigit) || parseNumber(label) != nil
    }

    /// Reads one to four parts, each decimal, octal (`017`) or hexadecimal (`0xF`); the last one fills what is left.
    static func parse(_ text: [UInt8]) -> UInt32? {
        var parts = text.split(separator: dot, maxSplits: 5, omittingEmptySubsequences: false)
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.count <= 4 else { return nil }
        var address: UInt64 = 0
        for (index, part) in parts.enumerated() {
            guard let number = parseNumber(part) else { return nil }
            let isLast = index == parts.count - 1
            guard number < (isLast ? 1 << (8 * UInt64(4 - index)) : 256) else { return nil }
            address |= isLast ? number : number << (8 * UInt64(3 - index))
        }
        return UInt32(address)
    }

    /// Four decimal numbers.
    static func serialize(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    /// Reads one part; a number that fits no address comes back as one that is still too large.
    private static func parseNumber(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard let first = text.first else { return nil }
        var digits = text
        var radix: UInt64 = 10
        if first == UInt8(ascii: "0"), text.count > 1 {
            let isHexadecimal = text.dropFirst().first?.asciiLowercased == UInt8(ascii: "x")
            digits = text.dropFirst(isHexadecimal ? 2 : 1)
            radix = isHexadecimal ? 16 : 8
        }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = byte.hexDigitValue, digit < radix else { return nil }
            value = min(value * radix + UInt64(digit), 1 << 40)
        }
        return value
    }
}
