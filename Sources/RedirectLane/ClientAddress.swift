import Glibc

/// The address of a client, without an array: an IPv4 address as the IPv4-mapped IPv6 address.
package struct ClientAddress: Hashable, Sendable {
    /// As `IPAddress.number` has it.
    package let number: UInt128

    package init(number: UInt128) {
        self.number = number
    }

    /// Reads dotted-decimal IPv4 in its one form: no zeros in front, no port, nothing around it.
    package init?(ipv4 text: UnsafeRawBufferPointer) {
        var (number, octet, digits, dots) = (UInt32(0), UInt32(0), 0, 0)
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                number = number << 8 | octet
                (octet, digits, dots) = (0, 0, dots + 1)
            } else {
                guard byte &- 0x30 < 10, digits == 0 || octet > 0 else { return nil }
                octet = octet * 10 + UInt32(byte &- 0x30)
                digits += 1
                guard octet <= 255 else { return nil }
            }
        }
        guard dots == 3, digits > 0 else { return nil }
        self.number = 0xFFFF_0000_0000 | UInt128(number << 8 | octet)
    }

    package var isIPv4: Bool { number >> 32 == 0xFFFF }

    /// How many bytes the address has.
    package var byteCount: Int { isIPv4 ? 4 : 16 }

    /// Has `body` read the address's bytes in network order, behind a byte that holds their number: neither says where it
    /// ends by itself.
    @inline(__always) package func withCountedBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let count = byteCount
        return withUnsafeTemporaryAllocation(byteCount: 17, alignment: 1) { bytes in
            bytes[0] = UInt8(count)
            for index in 0..<count {
                bytes[1 + index] = UInt8(truncatingIfNeeded: number >> UInt128(8 * (count - 1 - index)))
            }
            return body(UnsafeRawBufferPointer(rebasing: bytes[..<(1 + count)]))
        }
    }

    /// Has `body` read the text of an IPv6 address of which only the first 48 bits are kept.
    func withTruncatedText(_ body: (UnsafeRawBufferPointer) -> Void) {
        var kept = in6_addr()
        withUnsafeMutableBytes(of: &kept) { bytes in
            for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: number >> UInt128(120 - 8 * index)) }
        }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            guard let start = text.baseAddress,
                inet_ntop(AF_INET6, &kept, start, socklen_t(INET6_ADDRSTRLEN)) != nil
            else { return }
            body(UnsafeRawBufferPointer(start: start, count: strlen(start)))
        }
    }
}
