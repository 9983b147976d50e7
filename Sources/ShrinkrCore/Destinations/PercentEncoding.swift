/// Percent-encoding and -decoding, WHATWG URL Standard section 1.3.
enum PercentEncoding {
    /// Appends `bytes`, each one in `set` as `%` and two capital hexadecimal digits.
    static func encode(_ bytes: some Sequence<UInt8>, _ set: URLByteSet, into output: inout [UInt8]) {
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
    static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
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
