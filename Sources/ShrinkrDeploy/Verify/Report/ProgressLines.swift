/// What is told while waiting: each change, and a sign of life every minute.
package struct ProgressLines: Sendable {
    private let limit: Duration
    private var last: (text: String, elapsed: Duration)?

    /// Makes the lines of a wait.
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
