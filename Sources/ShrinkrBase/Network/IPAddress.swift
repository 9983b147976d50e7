import Glibc

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address is read as the IPv4 address that it stands for.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    /// Nil unless there are 4 or 16 bytes.
    package init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16:
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            self.bytes = isMapped ? Array(bytes[12...]) : bytes
        default: return nil
        }
    }

    /// Reads dotted-decimal IPv4 or RFC 4291 IPv6 text, without brackets, port or zone.
    package init?(_ text: some StringProtocol) {
        self.init(UntrustedText(text))
    }

    /// Reads dotted-decimal IPv4 or RFC 4291 IPv6 text, without brackets, port or zone.
    package init?(_ text: UntrustedText) {
        // To the functions of C the text would end at a zero byte. No address is longer than its longest form.
        guard text.count < INET6_ADDRSTRLEN, !text.bytes.contains(0), let text = text.ascii else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: four) { Array($0) })
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(bytes: withUnsafeBytes(of: six) { Array($0) })
    }

    /// An IPv4 address, first octet in the most significant byte.
    package init(ipv4 number: UInt32) {
        bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    /// An IPv6 address, first group in the most significant 16 bits; an IPv4-mapped one is the IPv4 address.
    package init(ipv6 number: UInt128) {
        let octets = (0..<16).map { UInt8(truncatingIfNeeded: number >> (120 - 8 * $0)) }
        bytes = number >> 32 == Self.mapped >> 32 ? Array(octets[12...]) : octets
    }

    /// The block of IPv4-mapped addresses, `::ffff:0:0/96` (RFC 4291, section 2.5.5.2).
    static let mapped: UInt128 = 0xFFFF << 32

    package var isIPv4: Bool { bytes.count == 4 }

    /// The address as 128 bits; an IPv4 address as the IPv4-mapped one.
    package var number: UInt128 {
        bytes.reduce(0) { $0 << 8 | UInt128($1) } | (isIPv4 ? Self.mapped : 0)
    }

    package var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// The address with its host part zeroed, as a click keeps it: IPv4 to /24, IPv6 to /48.
    package var truncated: IPAddress {
        let kept = bytes.count == 4 ? 3 : 6
        return IPAddress(verified: bytes.prefix(kept) + Array(repeating: 0, count: bytes.count - kept))
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private init(verified bytes: [UInt8]) {
        self.bytes = bytes
    }
}
