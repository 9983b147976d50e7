extension LedgerReport {
    /// The report for people.
    package var text: String {
        var lines = Line.all.map { $0.text(terms) }
        for journal in journals where journals.count > 1 { lines.append(contentsOf: Self.lines(of: journal)) }
        if let workerVersions { lines.append(Self.line(of: workerVersions)) }
        lines += notes.map { "Note: \($0)" } + problems.map { "PROBLEM: \($0)" }
        lines.append(problems.isEmpty ? "It adds up." : "It does NOT add up.")
        return lines.joined(separator: "\n")
    }

    private static func line(of workerVersions: [Int]) -> String {
        guard let oldest = workerVersions.min() else {
            return "No worker says which frames it reads: they are sent in version 1."
        }
        return "Workers that say which frames they read: \(workerVersions.count), all up to version \(oldest)."
    }

    private static func lines(of journal: Journal) -> [String] {
        let terms = journal.terms
        return [
            "Journal \(journal.name): journaled \(terms.journaled), dropped \(terms.dropped), "
                + "counted \(terms.counted), orphaned \(terms.orphaned), dead-lettered \(terms.deadLettered), "
                + "lost \(terms.lost), in flight \(terms.inFlight)"
        ]
    }

    /// One line of the ledger.
    private struct Line: Sendable {
        let name: String
        let level: Int
        let value: @Sendable (Terms) -> Int
        let remark: String

        init(_ name: String, _ level: Int, _ remark: String, _ value: @escaping @Sendable (Terms) -> Int) {
            self.name = name
            self.level = level
            self.value = value
            self.remark = remark
        }

        func text(_ terms: Terms) -> String {
            let label = String(repeating: "  ", count: level) + name
            let number = String(value(terms))
            let padding = String(repeating: " ", count: max(1, 36 - label.count - number.count))
            return label + padding + number + "   " + remark
        }

        static let all = [
            Line("answered", 0, "redirects") { $0.answered },
            Line("dropped", 1, "the journal could not take the click") { $0.dropped },
            Line("being journaled", 1, "in flight") { $0.beingJournaled },
            Line("journaled", 1, "in a journal on disk before the answer") { $0.journaled },
            Line("lost", 2, "damaged on disk") { $0.lost },
            Line("in the journal", 2, "in flight: not sent yet, or in version 2 and not counted yet") { $0.inJournal },
            Line("published", 2, "accepted by the queue") { $0.published },
            Line("in the queue", 3, "in flight: not counted yet") { $0.inQueue },
            Line("dead-lettered", 3, "in frames that no worker could count") { $0.deadLettered },
            Line("orphaned", 3, "counted, but of no link") { $0.orphaned },
            Line("counted", 3, "once, for a link") { $0.counted },
        ]
    }
}
