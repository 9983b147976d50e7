/// JSON text that is written piece by piece into one buffer.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: for how many bytes there is to be room from the start.
    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Adds text that is JSON already, such as brackets and names.
    mutating func append(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Adds a string between quotation marks.
    ///
    /// Of UTF-8 only the quotation mark, the reverse solidus and control characters have to be escaped (RFC 8259,
    /// section 7); the bytes of longer characters are none of these.
    mutating func append(string: some Sequence<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case ..<0x20:
                append(#"\u00"#)
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 0xF)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
