import ShrinkrBase

/// The textual forms of IPv6 addresses: the IPv6 parser and serialiser of the WHATWG URL Standard, sections 3.5 and
/// 3.6. The serialiser follows RFC 5952.
enum IPv6Notation {
    /// Reads an address without brackets; zone identifiers are refused.
    static func parse(_ text: ArraySlice<UInt8>) -> UInt128? {
        var parser = IPv6Parser(rest: text)
        return parser.parse()
    }

    /// Eight groups in lower-case hexadecimal, the first longest run of at least two zero groups written `::`.
    static func serialize(_ address: UInt128) -> String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: address >> (112 - 16 * $0)) }
        let text = groups.map { String($0, radix: 16) }
        guard let run = longestZeroRun(groups) else { return text.joined(separator: ":") }
        return text[..<run.lowerBound].joined(separator: ":") + "::" + text[run.upperBound...].joined(separator: ":")
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest.count > 1 ? longest : nil
    }
}

/// Reads groups from left to right, and remembers before which one the `::` stood.
private struct IPv6Parser {
    private static let colon = UInt8(ascii: ":")
    private static let dot = UInt8(ascii: ".")

    private var rest: ArraySlice<UInt8>
    private var groups: [UInt16] = []
    private var compression: Int?

    init(rest: ArraySlice<UInt8>) {
        self.rest = rest
    }

    /// How many groups there is room for; `::` stands for at least one.
    private var room: Int { (compression == nil ? 8 : 7) - groups.count }

    mutating func parse() -> UInt128? {
        if rest.first == Self.colon {
            guard rest.dropFirst().first == Self.colon else { return nil }
            rest = rest.dropFirst(2)
            compression = 0
        }
        while !rest.isEmpty {
            guard room > 0, readGroup() else { return nil }
        }
        return address()
    }

    /// Reads what stands up to the next colon, and that colon; or a second one; or an IPv4 address at the end.
    private mutating func readGroup() -> Bool {
        if rest.first == Self.colon {
            guard compression == nil else { return false }
            rest.removeFirst()
            compression = groups.count
            return true
        }
        let digits = rest.prefix(4).prefix { $0.hexDigitValue != nil }
        let following = rest[digits.endIndex...]
        if following.first == Self.dot, !digits.isEmpty { return readIPv4() }
        if let next = following.first, next != Self.colon || following.count == 1 { return false }
        groups.append(digits.reduce(0) { $0 << 4 | UInt16($1.hexDigitValue ?? 0) })
        rest = following.dropFirst()
        return true
    }

    /// Reads four plain decimal numbers without leading zeros.
    private mutating func readIPv4() -> Bool {
        let octets = rest.split(separator: Self.dot, maxSplits: 4, omittingEmptySubsequences: false).map(Self.octet)
        rest = []
        guard room >= 2, octets.count == 4 else { return false }
        let values = octets.compactMap { $0 }
        guard values.count == 4 else { return false }
        groups += [values[0] << 8 | values[1], values[2] << 8 | values[3]]
        return true
    }

    private static func octet(_ text: ArraySlice<UInt8>) -> UInt16? {
        guard (1...3).contains(text.count), text.allSatisfy(\.isASCIIDigit) else { return nil }
        guard text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
        let value = text.reduce(0) { $0 * 10 + UInt16($1.hexDigitValue ?? 0) }
        return value <= 255 ? value : nil
    }

    private func address() -> UInt128? {
        guard let compression else { return groups.count == 8 ? Self.join(groups) : nil }
        let zeros = repeatElement(UInt16(0), count: 8 - groups.count)
        return Self.join(groups[..<compression] + zeros + groups[compression...])
    }

    private static func join(_ groups: some Sequence<UInt16>) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}
