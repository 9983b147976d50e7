/// Tells programs that say what they are from people, by the `User-Agent` alone.
///
/// Both services use it: the API so that a link preview uses no visit up, the worker to count bots apart. It believes
/// what a client says of itself; a bot that pretends to be a browser counts as a person.
package enum BotRule {
    /// Goes up with every change of the rule's data, so that a count says by which rule it was made.
    package static let version = 1

    /// What a user agent says it is.
    package enum Verdict: Hashable, Sendable {
        /// Nothing that a program would say: taken for a person.
        case person
        /// A crawler, link preview, scanner or monitor that says so.
        case declaredBot
        /// An HTTP library or command-line client: a program, but perhaps run by a person to follow one link.
        case tool
    }

    /// The verdict for a request's user agent; a client that names none is a tool.
    package static func verdict(userAgent: String?) -> Verdict {
        guard let userAgent, !userAgent.isEmpty else { return .tool }
        let text = userAgent.lowercased()
        let searchable = BotRuleData.notBots.reduce(text) { $0.removing($1) }
        if BotRuleData.botMarks.contains(where: searchable.containsText) { return .declaredBot }
        if BotRuleData.toolPrefixes.contains(where: text.hasPrefix) { return .tool }
        return .person
    }
}

extension String {
    /// Whether `other` occurs in this text, byte for byte.
    fileprivate func containsText(_ other: String) -> Bool {
        firstIndex(of: other) != nil
    }

    /// This text without any occurrence of `other`.
    fileprivate func removing(_ other: String) -> String {
        var bytes: [UInt8] = []
        for byte in utf8 {
            bytes.append(byte)
            if byte == other.utf8.last, bytes.suffix(other.utf8.count).elementsEqual(other.utf8) {
                bytes.removeLast(other.utf8.count)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Offset in bytes of the first occurrence of `other`.
    private func firstIndex(of other: String) -> Int? {
        var text = self
        var other = other
        return text.withUTF8 { text in
            other.withUTF8 { other in
                guard let first = other.first, text.count >= other.count else { return nil }
                return (0...(text.count - other.count)).first { start in
                    text[start] == first && text[start..<(start + other.count)].elementsEqual(other)
                }
            }
        }
    }
}
