package import ArgumentParser
package import ShrinkrProcess

/// What `ledger` does, whichever program it belongs to.
package enum LedgerRun {
    /// The help of the command.
    package static let discussion = """
        Every redirect that was answered is in one line: counted, on its way, or lost in a way that is said here. Works \
        beside running servers and without them. Exits with 0 if it adds up, and with 1 if it does not.
        """

    /// Draws up the ledger and prints it.
    ///
    /// - Parameters:
    ///   - mustHaveQueue: whether the servers cannot run without an SQS queue.
    ///   - localJournals: see ``LedgerReader``.
    /// - Throws: `ExitCode` 1 where it does not add up; ``ConfigurationError``; errors of database and queue.
    package static func run(
        _ options: LedgerOptions, shared: OperatorOptions, mustHaveQueue: Bool,
        localJournals: @escaping @Sendable (SharedSettings) throws -> [LocalJournal] = { _ in [] }
    ) async throws {
        let report = try await OperatorTools.withTools(shared) { tools in
            if mustHaveQueue { _ = try tools.requireQueue() }
            let settings = tools.settings
            let reader = LedgerReader(
                stats: tools.store, queue: tools.queue, workers: tools.store,
                localJournals: { try localJournals(settings) })
            return try await settledReport(reader, within: options.patience)
        }
        switch options.format {
        case .text: print(report.text)
        case .json: print(try report.json())
        }
        guard report.problems.isEmpty else { throw ExitCode(1) }
    }

    /// The first report that adds up, or the last one: the counts that SQS gives lag behind by up to a minute.
    private static func settledReport(_ reader: LedgerReader, within patience: Duration) async throws -> LedgerReport {
        let deadline = ContinuousClock.now + patience
        while true {
            let report = try await reader.report()
            if report.problems.isEmpty || ContinuousClock.now >= deadline { return report }
            Exit.say("It does not add up yet; looking again, as the queue's numbers may lag behind ...")
            try await Task.sleep(for: .seconds(2))
        }
    }
}

/// Flags of `ledger`.
package struct LedgerOptions: ParsableArguments {
    @Option(help: "text or json")
    package var format: OutputFormat = .text

    @Option(help: "How long to look again while it does not add up; SQS's numbers lag by up to a minute")
    package var wait: String = "60s"

    package init() {}

    package func validate() throws {
        guard Duration(shorthand: wait).map((.zero...Duration.seconds(3_600)).contains) == true else {
            throw ValidationError("--wait '\(wait)' is not a duration of 0s to 1h; for example: --wait 60s")
        }
    }

    var patience: Duration { Duration(shorthand: wait) ?? .zero }
}

/// `ledger` of a program that has no journal of its own.
package struct LedgerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Say where every click is, and whether the numbers add up.",
        discussion: LedgerRun.discussion)

    @OptionGroup package var options: LedgerOptions
    @OptionGroup package var shared: OperatorOptions

    package init() {}

    package func run() async throws {
        try await LedgerRun.run(options, shared: shared, mustHaveQueue: true)
    }
}
