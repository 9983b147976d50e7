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
        // As much as a click keeps, so that both services judge the same text.
        let text = UntrustedText(userAgent).prefix(bytes: ClickLimits.userAgentBytes).lowercasedASCII
        let searchable = BotRuleData.notBots.reduce(text) { $0.removing($1) }
        if BotRuleData.botMarks.contains(where: searchable.holds) { return .declaredBot }
        if BotRuleData.toolPrefixes.contains(where: text.begins) { return .tool }
        return .person
    }
}

extension UntrustedText {
    /// This text without any occurrence of `other`.
    fileprivate func removing(_ other: StaticString) -> UntrustedText {
        other.withUTF8Buffer { other in
            var kept: [UInt8] = []
            for byte in bytes {
                kept.append(byte)
                if byte == other.last, kept.suffix(other.count).elementsEqual(other) { kept.removeLast(other.count) }
            }
            return UntrustedText(bytes: kept)
        }
    }
}
