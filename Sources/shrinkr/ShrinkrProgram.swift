import APILaunch
import ArgumentParser
import ShrinkrClient
import ShrinkrLaunch
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

              # Serve on http://127.0.0.1:8000, data in .shrinkr; and once more, beside it.
              \(program)
              \(program) --http-port 9000 --admin-port 9001 --data-dir two

              # Once others are to manage links: everybody needs a key from the first one on.
              \(program) keys create --name admin --scope admin

              # Make a link on the running server; on another one, log in first.
              \(program) create https://www.swift.org/ --code hello
              \(program) stats hello
              \(program) login --server https://sho.rt

              # Is it ready? And where is every click, do the numbers add up?
              \(program) healthcheck
              \(program) ledger

            Every flag can be given as a variable: --http-port is SHRINKR_HTTP_PORT. '\(program) serve --help' lists all.
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, KeysCommand.self, LedgerOfJournalCommand<QueueIsOptional>.self, JournalCommand.self,
            DeadLettersCommand.self, MigrateCommand.self, CopyStoreCommand.self, QRCommand.self,
            HealthCheckCommand.self,
        ],
        groupedSubcommands: [CommandGroup(name: "Links of a running server:", subcommands: ClientCommands.all)],
        defaultSubcommand: ServeCommand.self)
}
