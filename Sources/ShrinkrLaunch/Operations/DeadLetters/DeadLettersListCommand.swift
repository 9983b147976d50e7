package import ArgumentParser
import ShrinkrCore
package import ShrinkrProcess
import ShrinkrStore

/// `dead-letters list`.
package struct DeadLettersListCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what is in the dead-letter queue, and why it could not be counted.")

    @Option(help: "Most messages to list")
    package var limit: Int = 100

    @Option(help: "text or json; json holds the first 1,000 characters of each body")
    package var format: OutputFormat = .text

    @OptionGroup package var shared: OperatorOptions

    package init() {}

    package func validate() throws {
        try DeadLetterLimit.check(limit)
    }

    package func run() async throws {
        let (limit, format) = (limit, format)
        let count = try await OperatorTools.withTools(shared) { tools in
            let ledgers = try await tools.store.journalLedgers()
            let counted = Dictionary(ledgers.map { ($0.journal, $0) }) { first, _ in first }
            var count = 0
            try await DeadLetterQueue.of(tools).forEachBatch(limit: limit) { letters in
                for letter in letters {
                    let isCounted =
                        letter.frames?.allSatisfy { counted[$0.id.journal]?.holds($0.id.number) == true } ?? false
                    print(try DeadLetterLine(letter, isCounted: isCounted).formatted(format))
                }
                count += letters.count
                return []
            }
            return count
        }
        if count == 0 { Exit.say("There are no dead letters.") }
        if count == limit { Exit.say("There may be more; see --limit.") }
    }
}

/// The bound of one command's work.
enum DeadLetterLimit {
    static func check(_ limit: Int) throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit is \(limit), not a number from 1 to 100000; for example: --limit 100")
        }
    }
}
