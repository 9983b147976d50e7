extension EnvironmentVerification {
    /// The report that a person reads.
    package var table: String {
        let parts = services.map { service in
            let rows = service.results.map { [$0.verdict.rawValue, $0.check.title, $0.detail] }
            return "\(service.stack): \(service.outcome)\n" + TextTable(rows, indent: "  ").text
        }
        return (parts + ["\(environment): \(outcome)"]).joined(separator: "\n\n")
    }
}

/// What is told while waiting: each change, and a sign of life every minute.
package struct ProgressLines: Sendable {
    private let limit: Duration
    private var last: (text: String, elapsed: Duration)?

    package init(limit: Duration) {
        self.limit = limit
    }

    /// The line for a look; `nil` when it would tell nothing new.
    package mutating func line(for look: EnvironmentVerification, elapsed: Duration) -> String? {
        let text = look.services.filter { $0.outcome != .inSync }.map(\.summary).joined(separator: " | ")
        if let last, last.text == text, elapsed - last.elapsed < .seconds(60) { return nil }
        last = (text, elapsed)
        return "\(elapsed.components.seconds)s of \(limit.components.seconds)s: \(text)"
    }
}
