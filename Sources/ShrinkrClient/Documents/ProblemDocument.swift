package import ShrinkrBase

/// What a server says went wrong (RFC 9457), for people.
package struct ProblemDocument: Sendable {
    /// The most of a server's words that are shown, in bytes.
    private static let maximumSentence = 600
    /// Wrong values that are named; each has a sentence.
    private static let maximumErrors = 3

    private let document: JSONValue

    package init(_ document: JSONValue) {
        self.document = document
    }

    /// One sentence or two without the last full stop: which values are wrong and how, where the server says it. Nil where
    /// it gives no reason.
    package var sentence: String? {
        let errors = (document["errors"].items ?? []).prefix(Self.maximumErrors).compactMap(Self.sentence)
        let text = errors.isEmpty ? document["detail"].text : errors.joined(separator: " ")
        return text.map { text in
            let text = UntrustedText(text).prefix(bytes: Self.maximumSentence)
            return (text.ends(with: ".") ? text.dropLast() : text).string
        }
    }

    /// One wrong value by its name: `expires_at: …`.
    private static func sentence(_ error: JSONValue) -> String? {
        guard let detail = error["detail"].text else { return nil }
        let name = UntrustedText(error["pointer"].text ?? error["parameter"].text ?? "")
        let member = name.begins(with: "/") ? name.dropFirst() : name
        return member.isEmpty ? detail : "\(member.string): \(detail)"
    }
}
