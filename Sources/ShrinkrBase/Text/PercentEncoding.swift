/// Percent-encoding and -decoding, WHATWG URL Standard section 1.3.
package enum PercentEncoding {
    /// Appends `bytes`, each one in `set` as `%` and two capital hexadecimal digits.
    package static func encode(_ bytes: some Sequence<UInt8>, _ set: URLByteSet, into output: inout [UInt8]) {
        for byte in bytes {
            if set.contains(byte) {
                output.append(UInt8(ascii: "%"))
                output.append(hexDigit(byte >> 4))
                output.append(hexDigit(byte & 0xF))
            } else {
                output.append(byte)
            }
        }
    }

    /// Replaces each `%` that two hexadecimal digits follow; any other `%` stays.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = escapedValue(rest) {
                output.append(value)
                rest = rest.dropFirst(2)
            } else {
                output.append(byte)
            }
        }
        return output
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func escapedValue(_ rest: ArraySlice<UInt8>) -> UInt8? {
        guard let high = rest.first?.hexDigitValue, let low = rest.dropFirst().first?.hexDigitValue else { return nil }
        return high << 4 | low
    }
}

/// A set of bytes that a part of a URL may not hold as they are. Control characters and all that is not ASCII belong
/// to every set.
package struct URLByteSet: Sendable {
    /// The fragment percent-encode set, WHATWG URL Standard section 1.3.
    package static let fragment = URLByteSet(" \"<>`")
    /// The special-query percent-encode set, section 1.3.
    package static let specialQuery = URLByteSet(" \"#<>'")
    /// The path percent-encode set, section 1.3, with the `^` that it has held since March 2025.
    package static let path = URLByteSet(" \"#<>?^`{}")
    /// The forbidden domain code points, section 3.1.
    package static let forbiddenInDomain = URLByteSet(" #%/:<>?@[\\]^|")

    /// Bit n stands for the character n.
    private let firstHalf: UInt64
    /// Bit n stands for the character 64 + n.
    private let secondHalf: UInt64

    private init(_ characters: StaticString) {
        let controls: UInt128 = 0xFFFF_FFFF | 1 << 0x7F
        let bits = characters.withUTF8Buffer { $0.reduce(controls) { $0 | 1 << UInt128($1) } }
        firstHalf = UInt64(truncatingIfNeeded: bits)
        secondHalf = UInt64(truncatingIfNeeded: bits >> 64)
    }

    package func contains(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte < 64 ? firstHalf : secondHalf) >> UInt64(byte & 63) & 1 == 1
    }
}
