import FoundationEssentials
import ShrinkrBase

/// The opaque text that leads to the next page of a list: base64url without padding (RFC 4648, section 5), so that it can
/// stand in a query as it is.
enum Cursor {
    static func text(of content: String) -> String {
        let base64 = UntrustedText(Data(content.utf8).base64EncodedString()).mapping("+", to: "-").mapping("/", to: "_")
        return UntrustedText(bytes: base64.bytes.prefix { $0 != UInt8(ascii: "=") }).string
    }

    /// Nil where the text is none that ``text(of:)`` makes.
    static func content(of text: UntrustedText) -> UntrustedText? {
        let base64 = text.mapping("-", to: "+").mapping("_", to: "/")
        let padding = repeatElement(UInt8(ascii: "="), count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: Data(base64.bytes + padding)).map { UntrustedText(bytes: $0) }
    }
}
