/// Tells programs that say what they are from people, by the `User-Agent` alone.
///
/// Both services use it: the API so that a link preview uses no visit up, the worker to count bots apart. It believes
/// what a client says of itself; a bot that pretends to be a browser counts as a person.
package enum BotRule {
    /// Goes up with every change of the rule or its data, so that a count says by which rule it was made.
    package static let version = 2

    /// What a user agent says it is.
    package enum Verdict: Hashable, Sendable {
        /// A browser, or an app that shows pages: taken for a person.
        case person
        /// A crawler, link preview, scanner or monitor that says so, or a program that looks at the links of a mail or
        /// a document before a person does.
        case declaredBot
        /// Any other program, such as an HTTP library or command-line client: perhaps run by a person to follow a link.
        case tool
    }

    /// The verdict for a request's user agent; a client that names none is a tool.
    package static func verdict(userAgent: String?) -> Verdict {
        guard let userAgent else { return .tool }
        let text = UserAgentText(userAgent)
        if text.declaresBot { return .declaredBot }
        return text.claimsToBeBrowser ? .person : .tool
    }
}
