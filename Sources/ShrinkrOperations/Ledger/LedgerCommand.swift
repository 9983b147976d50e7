package import ArgumentParser
package import ShrinkrLaunch

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
