import AWSSQS
package import ArgumentParser
import ShrinkrProcess

/// `dead-letters redrive`.
package struct DeadLettersRedriveCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Send dead letters to the click queue again, and delete them once it has them.",
        discussion: """
            Doing it twice, or being stopped in the middle, counts nothing twice: the ledger knows every frame. Messages \
            that this version cannot read stay where they are unless --all is given.
            """)

    @Option(help: "Most messages to look at")
    package var limit: Int = 100_000

    @Flag(help: "Also send what this version cannot read")
    package var all = false

    @Flag(help: "Only say what would be sent")
    package var dryRun = false

    @OptionGroup package var shared: OperatorOptions

    package init() {}

    package func validate() throws {
        try DeadLetterLimit.check(limit)
    }

    package func run() async throws {
        let (limit, all, dryRun) = (limit, all, dryRun)
        let outcome = try await OperatorTools.withTools(shared) { tools in
            let queue = try await DeadLetterQueue.of(tools)
            var outcome = Outcome()
            try await queue.forEachBatch(limit: limit) { letters in
                let chosen = letters.filter { all || $0.frames != nil }
                outcome.kept += letters.count - chosen.count
                let sent = dryRun ? [] : try await queue.redrive(chosen)
                outcome.sent += dryRun ? chosen.count : sent.count
                outcome.refused += dryRun ? 0 : chosen.count - sent.count
                if !dryRun { Exit.say("\(outcome.sent) sent ...") }
                return sent
            }
            return outcome
        }
        let verb = dryRun ? "would be sent" : "sent"
        print("\(outcome.sent) \(verb), \(outcome.refused) refused by the queue, \(outcome.kept) unreadable and kept")
        if outcome.sent + outcome.refused + outcome.kept >= limit { Exit.say("There may be more; see --limit.") }
        guard outcome.refused == 0 else { throw ExitCode(1) }
    }

    private struct Outcome: Sendable {
        var sent = 0
        var refused = 0
        var kept = 0
    }
}

extension DeadLetterQueue {
    /// The dead-letter queue of the configured click queue.
    ///
    /// - Throws: ``ConfigurationError`` where there is none.
    static func of(_ tools: OperatorTools) async throws -> DeadLetterQueue {
        let source = try tools.requireQueue()
        guard let queue = try await source.deadLetterQueue(source.queueAttributes()) else {
            throw ConfigurationError(.clickQueueURL, "names a queue that has no dead-letter queue")
        }
        return DeadLetterQueue(queue, of: source)
    }
}
