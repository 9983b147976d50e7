/// Percent encoding as Signature Version 4 defines it (RFC 3986 with upper-case hexadecimal digits).
///
/// Only the unreserved characters `A–Z a–z 0–9 - . _ ~` stay as they are; a space is `%20`, never `+`.
package enum PercentEncoding {
    /// Encodes a query name or value: `/` is encoded too.
    package static func component(_ text: String) -> String {
        encode(text, keepingSlash: false)
    }

    /// Encodes a path or an S3 object key: `/` separates segments and stays.
    package static func path(_ text: String) -> String {
        encode(text, keepingSlash: true)
    }

    /// The canonical query string: names and values encoded, sorted by encoded name, then by encoded value.
    ///
    /// Sending exactly this text keeps what is signed and what is sent the same.
    package static func query(_ items: [QueryItem]) -> String {
        items
            .map { (name: component($0.name), value: component($0.value)) }
            .sorted { $0.name == $1.name ? $0.value < $1.value : $0.name < $1.name }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    private static func encode(_ text: String, keepingSlash: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Hexadecimal.upper[Int(byte >> 4)])
                bytes.append(Hexadecimal.upper[Int(byte & 0x0F)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}
