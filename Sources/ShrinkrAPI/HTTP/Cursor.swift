import FoundationEssentials
import ShrinkrBase

/// The opaque text that leads to the next page of a list, so made that it can stand in a query as it is.
enum Cursor {
    static func text(of content: String) -> String { Base64URL.text(of: content.utf8) }

    /// Nil where the text is none that ``text(of:)`` makes.
    static func content(of text: UntrustedText) -> UntrustedText? {
        Base64URL.bytes(of: text).map { UntrustedText(bytes: $0) }
    }
}

/// Bytes as they can stand in a query or a cookie: base64url without padding (RFC 4648, section 5).
enum Base64URL {
    static func text(of bytes: some Sequence<UInt8>) -> String {
        let base64 = UntrustedText(Data(bytes).base64EncodedString()).mapping("+", to: "-").mapping("/", to: "_")
        return UntrustedText(bytes: base64.bytes.prefix { $0 != UInt8(ascii: "=") }).string
    }

    /// Nil where the text is none that ``text(of:)`` makes.
    static func bytes(of text: UntrustedText) -> [UInt8]? {
        let base64 = text.mapping("-", to: "+").mapping("_", to: "/")
        let padding = repeatElement(UInt8(ascii: "="), count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: Data(base64.bytes + padding)).map { Array($0) }
    }
}
