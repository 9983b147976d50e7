import TestSupport

/// Other ways to write a host that lead to the same place.
struct OwnHostSpellings {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A URL whose host is `name`, a domain in ASCII or Unicode.
    mutating func domain(_ name: String, port: String = "") -> String {
        var host = name.map { spelled($0) }.joined()
        if Bool.random(using: &generator) { host += pick([".", "%2E", "。", "．", "｡", "..", ".%2e"]) }
        return url(host, port: port)
    }

    /// A URL whose host is the IPv4 address `address`.
    mutating func ipv4(_ address: UInt32, port: String = "") -> String {
        let embedded = String(address, radix: 16)
        let groups = "\(String(address >> 16, radix: 16)):\(String(address & 0xFFFF, radix: 16))"
        if Int.random(in: 0..<4, using: &generator) == 0 {
            let host = pick([
                "[::ffff:\(groups)]", "[::FFFF:\(dotted(address))]", "[0:0:0:0:0:ffff:\(dotted(address))]",
                "[::\(groups)]",
                "[64:ff9b::\(groups)]", "[2002:\(groups)::]", "[2002:\(groups):1:2:3:4:5]",
            ])
            return url(host, port: port)
        }
        let octets = (0..<4).map { UInt64(address) >> (24 - 8 * $0) & 255 }
        let parts: [UInt64] = pick([
            octets, [octets[0], octets[1], UInt64(address & 0xFFFF)], [octets[0], UInt64(address & 0xFF_FFFF)],
            [UInt64(address)],
        ])
        let numbers = parts.map { number($0) }
        let host = pick([numbers.joined(separator: "."), embedded.isEmpty ? "" : "0x" + embedded])
        return url(host.map { spelled($0, keepsLetters: true) }.joined() + pick(["", "."]), port: port)
    }

    /// A URL whose host is the IPv6 address with these eight groups.
    mutating func ipv6(_ groups: [UInt16], port: String = "") -> String {
        let texts = groups.map { group in
            let text = String(group, radix: 16, uppercase: Bool.random(using: &generator))
            return String(repeating: "0", count: Int.random(in: 0...(4 - text.count), using: &generator)) + text
        }
        var host = texts.joined(separator: ":")
        if let zeros = groups.firstIndex(of: 0), Bool.random(using: &generator) {
            let end = groups[zeros...].firstIndex { $0 != 0 } ?? 8
            host = texts[..<zeros].joined(separator: ":") + "::" + texts[end...].joined(separator: ":")
        }
        return url("[\(host)]", port: port)
    }

    private func dotted(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    /// One number of an IPv4 address: decimal, octal or hexadecimal, with zeros before it.
    private mutating func number(_ value: UInt64) -> String {
        let zeros = String(repeating: "0", count: Int.random(in: 0...3, using: &generator))
        return pick(["\(value)", "0\(zeros)\(String(value, radix: 8))", "0x\(zeros)\(String(value, radix: 16))"])
    }

    /// One character: in either case, full-width, percent-encoded or followed by something that is ignored.
    private mutating func spelled(_ character: Character, keepsLetters: Bool = false) -> String {
        let text = String(character)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return text.uppercased()
        case 1: return fullWidth(text)
        case 2: return text.utf8.map { "%" + pick([hexadecimal($0), hexadecimal($0).lowercased()]) }.joined()
        case 3: return text + pick(["\u{AD}", "\u{200B}", "\u{2060}", "\u{FE0F}", "%C2%AD"])
        case 4 where !keepsLetters && text == ".": return pick(["。", "．", "｡", "%E3%80%82"])
        case 5: return decomposed(text)
        default: return text
        }
    }

    private func fullWidth(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            (0x21...0x7E).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private func decomposed(_ text: String) -> String {
        ["ü": "u\u{308}", "Ü": "U\u{308}", "é": "e\u{301}"][text] ?? text
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    /// The rest of the URL, in any of the forms that the standard reads alike.
    private mutating func url(_ host: String, port: String) -> String {
        let start = pick(["http://", "HTTP:", "hTTp:\\\\", "http:/", "http:///", "  http://"])
        return start + host + port + pick(["", "/", "/k3x9bqz", "?q", "#f", "\\x", "/../x"])
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }
}
