import APILaunch
import ArgumentParser
import ShrinkrLaunch
import ShrinkrOperations
import ShrinkrProcess

@main
enum ShrinkrProgram {
    static func main() async {
        await Exit.running(ShrinkrCommand.self)
    }
}

/// `shrinkr`: the whole URL shortener in one process.
struct ShrinkrCommand: AsyncParsableCommand {
    private static let program = ProcessEnvironment.program

    static let configuration = CommandConfiguration(
        commandName: "shrinkr",
        abstract: "A URL shortener that counts every answered redirect exactly once.",
        discussion: """
            Runs the API and the worker in one process and needs nothing else: links and counts go to an SQLite file,
            clicks through an embedded queue, reports to a folder.

              \(program)                 serve on http://127.0.0.1:8000, data in .shrinkr
              \(program) --http-port 9000 --admin-port 9001 --data-dir /tmp/links
              \(program) keys create --name admin --scope admin
              \(program) healthcheck && echo ready
              \(program) ledger          where every click is, and whether the numbers add up

            Every flag can be given as a variable: --http-port is SHRINKR_HTTP_PORT. '\(program) serve --help' lists all.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, KeysCommand.self, LedgerOfJournalCommand<QueueIsOptional>.self, JournalCommand.self,
            DeadLettersCommand.self, HealthCheckCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}
