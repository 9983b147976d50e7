/// Finds elements and their text in the XML documents of S3 errors, STS and CloudFormation.
///
/// No parser: it knows start tags, end tags and the five named entities plus numeric ones, which is all that these
/// documents use. Attributes, CDATA and comments are not interpreted.
package struct XMLScanner: Sendable {
    let text: String

    /// Scans a document; bytes that are not UTF-8 are replaced.
    package init(_ document: [UInt8]) {
        self.text = String(decoding: document, as: UTF8.self)
    }

    /// Scans the content of an element.
    init(text: some StringProtocol) {
        self.text = String(text)
    }

    /// All of it as text, entities replaced; for an element that has no others in it.
    package var content: String { Self.unescaped(text[...]) }

    /// The text of the first element of that name; `nil` when there is none, or it is not closed.
    package func text(of element: String) -> String? {
        var rest = text[...]
        while let opening = rest.firstRange(of: "<\(element)") {
            let tail = rest[opening.upperBound...]
            guard let next = tail.first, let close = tail.firstIndex(of: ">") else { return nil }
            // `<Code` also begins `<CodeName`, which is another element.
            if next == ">" || next.isWhitespace || next == "/" {
                if tail[tail.startIndex..<close].last == "/" { return "" }
                let content = tail[tail.index(after: close)...]
                guard let end = content.firstRange(of: "</\(element)>") else { return nil }
                return Self.unescaped(content[..<end.lowerBound])
            }
            rest = tail
        }
        return nil
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let ampersand = rest.firstIndex(of: "&") {
            result += rest[..<ampersand]
            guard let semicolon = rest[ampersand...].firstIndex(of: ";"),
                let character = character(rest[rest.index(after: ampersand)..<semicolon])
            else {
                result += "&"
                rest = rest[rest.index(after: ampersand)...]
                continue
            }
            result.append(character)
            rest = rest[rest.index(after: semicolon)...]
        }
        return result + rest
    }

    private static func character(_ entity: Substring) -> Character? {
        switch entity {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        let number: UInt32? =
            if entity.hasPrefix("#x") {
                UInt32(entity.dropFirst(2), radix: 16)
            } else if entity.hasPrefix("#") {
                UInt32(entity.dropFirst())
            } else {
                nil
            }
        return number.flatMap(Unicode.Scalar.init).map(Character.init)
    }
}
