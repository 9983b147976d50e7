/// A piece of an HTML document (WHATWG HTML Standard). All text that is put into it is escaped: what is no text is made of
/// ``element(_:_:_:)`` alone, whose names are literals of the source.
package struct HTML: Sendable {
    private(set) package var bytes: [UInt8] = []

    package init() {}

    /// Text, escaped.
    package init(_ text: some StringProtocol) {
        Self.escape(text.utf8, into: &bytes)
    }

    /// Bytes that are HTML already: those of a file that was made when the program was.
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    package mutating func append(_ other: HTML) {
        bytes += other.bytes
    }

    /// Elements that have no content and no end (section 13.1.2).
    private static let void: [StaticString] = ["br", "img", "input", "link", "meta"]

    fileprivate init(_ name: StaticString, _ attributes: [Attribute], _ content: HTML) {
        bytes.append(UInt8(ascii: "<"))
        name.withUTF8Buffer { bytes += $0 }
        for attribute in attributes {
            bytes.append(UInt8(ascii: " "))
            attribute.name.withUTF8Buffer { bytes += $0 }
            guard let value = attribute.value else { continue }
            bytes += "=\"".utf8
            Self.escape(value.utf8, into: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        if Self.void.contains(where: { Self.equal(name, $0) }) { return }
        bytes += content.bytes
        bytes += "</".utf8
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: ">"))
    }

    private static func equal(_ first: StaticString, _ second: StaticString) -> Bool {
        first.withUTF8Buffer { first in second.withUTF8Buffer { first.elementsEqual($0) } }
    }

    private static func escape(_ text: some Sequence<UInt8>, into bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
    }
}

/// An element with its attributes and what is in it.
package func element(
    _ name: StaticString, _ attributes: Attribute?..., @HTMLBuilder content: () -> HTML = { HTML() }
) -> HTML {
    HTML(name, attributes.compactMap(\.self), content())
}

/// Puts pieces of HTML and texts one after the other.
@resultBuilder package enum HTMLBuilder {
    package static func buildExpression(_ piece: HTML) -> HTML { piece }
    package static func buildExpression(_ text: String) -> HTML { HTML(text) }
    package static func buildExpression(_ piece: HTML?) -> HTML { piece ?? HTML() }
    package static func buildOptional(_ piece: HTML?) -> HTML { piece ?? HTML() }
    package static func buildEither(first piece: HTML) -> HTML { piece }
    package static func buildEither(second piece: HTML) -> HTML { piece }
    package static func buildArray(_ pieces: [HTML]) -> HTML { buildBlock(pieces) }

    package static func buildBlock(_ pieces: HTML...) -> HTML { buildBlock(pieces) }

    private static func buildBlock(_ pieces: [HTML]) -> HTML {
        pieces.reduce(into: HTML()) { $0.append($1) }
    }
}
