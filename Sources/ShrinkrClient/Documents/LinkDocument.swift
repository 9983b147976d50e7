package import ShrinkrBase

/// A link as the server shows it, for people.
package struct LinkDocument: Sendable {
    package let document: JSONValue

    package init(_ document: JSONValue) {
        self.document = document
    }

    /// What to share: all that a key without `links:read` is shown, beside the code.
    package var shortURL: String { document["short_url"].text ?? code }
    package var code: String { document["code"].text ?? "" }
    package var tags: [String] { (document["tags"].items ?? []).compactMap(\.text) }

    /// Whether the link can be followed, in a word.
    ///
    /// - Parameter now: what its times are compared with.
    package func state(at now: Timestamp) -> String {
        if document["deleted_at"].text != nil { return "deleted" }
        if document["enabled"].flag == false { return "off" }
        if let end = time("expires_at"), end <= now { return "expired" }
        if let start = time("starts_at"), start > now { return "waiting" }
        if document["visits_left"].number == 0 { return "used up" }
        return "on"
    }

    private func time(_ name: StaticString) -> Timestamp? {
        // Longer texts are no times.
        document[name].text.flatMap { $0.utf8.count <= 40 ? Timestamp(rfc3339: $0) : nil }
    }

    // MARK: - In a table

    static let columns: [Table.Column] = [
        .init("CODE"), .init("PEOPLE", isNumeric: true), .init("BOTS", isNumeric: true), .init("CREATED"),
        .init("STATE"), .init("DESTINATION", mayBeCut: true), .init("TITLE", mayBeCut: true),
        .init("TAGS", mayBeCut: true),
    ]

    func row(at now: Timestamp) -> [String] {
        [
            code, number(document["clicks"]["people"]), number(document["clicks"]["bots"]),
            UntrustedText(document["created_at"].text ?? "").prefix(bytes: 10).string, state(at: now),
            document["url"].text ?? "", document["title"].text ?? "", tags.joined(separator: ", "),
        ]
    }

    private func number(_ value: JSONValue) -> String { value.number.map { String($0) } ?? "" }

    // MARK: - Alone

    /// Each member on a line of its own.
    func lines(screen: Screen, at now: Timestamp) -> [String] {
        let visits = document["max_visits"].number.map { "\(document["visits_left"].number ?? 0) of \($0) left" }
        let clicks = document["clicks"]["people"].number.map {
            "\($0) of people, \(document["clicks"]["bots"].number ?? 0) of bots"
        }
        let rows: [(String, String?)] = [
            ("Short URL", shortURL), ("Destination", document["url"].text), ("Title", document["title"].text),
            ("Tags", tags.isEmpty ? nil : tags.joined(separator: ", ")), ("State", state(at: now)),
            ("Clicks", clicks), ("Last click", document["last_clicked_at"].text), ("Visits", visits),
            ("Redirect", document["redirect_status"].number.map { String($0) }),
            ("Query", document["forward_query"].flag == true ? "added to the destination's" : nil),
            ("Starts", document["starts_at"].text), ("Expires", document["expires_at"].text),
            ("Created", document["created_at"].text), ("Changed", document["updated_at"].text),
            ("Deleted", document["deleted_at"].text),
        ]
        return rows.compactMap { name, value in
            guard let value else { return nil }
            let label = name + String(repeating: " ", count: 13 - name.utf8.count)
            return screen.styled(label, .strong) + TerminalText.safe(value)
        }
    }
}
