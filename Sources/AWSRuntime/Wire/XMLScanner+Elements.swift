extension XMLScanner {
    /// The elements of that name that are not inside another one; each is scanned as its content.
    ///
    /// An element that is not closed is left out.
    package func elements(_ name: String) -> [XMLScanner] {
        var found: [XMLScanner] = []
        var depth = 0
        var content: String.Index?
        var rest = text.utf8[...]
        while let tag = Self.nextTag(&rest) {
            switch tag.kind {
            case .start:
                if depth == 0 { content = tag.name == name ? rest.startIndex : nil }
                depth += 1
            case .end:
                depth -= 1
                if depth == 0, let content { found.append(XMLScanner(text: text[content..<tag.start])) }
            case .empty:
                if depth == 0, tag.name == name { found.append(XMLScanner(text: "")) }
            case .other:
                break
            }
        }
        return found
    }

    /// The first element of that name that is not inside another one.
    package func element(_ name: String) -> XMLScanner? {
        elements(name).first
    }

    private enum TagKind {
        case start, end, empty
        /// A declaration or an instruction.
        case other
    }

    private static func nextTag(
        _ rest: inout Substring.UTF8View
    ) -> (kind: TagKind, name: String, start: String.Index)? {
        guard let open = rest.firstIndex(of: UInt8(ascii: "<")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let tag = Substring(rest[rest.index(after: open)..<close])
        rest = rest[rest.index(after: close)...]
        let kind: TagKind =
            switch (tag.utf8.first, tag.utf8.last) {
            case (UInt8(ascii: "?"), _), (UInt8(ascii: "!"), _): .other
            case (UInt8(ascii: "/"), _): .end
            case (_, UInt8(ascii: "/")): .empty
            default: .start
            }
        return (kind, String(tag.prefix { $0 != "/" && !$0.isWhitespace }), open)
    }
}
