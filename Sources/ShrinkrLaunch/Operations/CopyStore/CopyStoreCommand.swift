package import ArgumentParser
import ShrinkrProcess
import ShrinkrStore

/// `copy-store`: moves all data from one database to another.
package struct CopyStoreCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "copy-store", abstract: "Copy all links, keys and counts to another database.",
        discussion: """
            Stop the APIs and the workers first, and leave them stopped until the copy is done; journals stay where \
            they are. Where a program has one of the databases open, nothing is copied, and nobody can write to the \
            source meanwhile. The target is a new database: an SQLite file that is made here, or a PostgreSQL database \
            after 'migrate'. In the end both sides are read and compared; until then no program opens the target.

            A copy that was ended, by a kill or a server that went away, goes on where it was with the same command. \
            Exits with 0 once both sides are equal, with 1 if it could not finish or they differ, and with 2 if it \
            refuses the databases as they are.

              \(ProcessEnvironment.program) copy-store --from sqlite:/var/lib/shrinkr/shrinkr.db \\
                  --to postgresql://shrinkr@db.example.com/shrinkr

            The password for PostgreSQL is SHRINKR_DATABASE_PASSWORD, or in the file that the URL's passfile names; \
            two servers with different passwords need that file.
            """)

    @Option(help: "What is copied: sqlite:<path>, or postgresql://<user>@<host>/<database>")
    package var from: String

    @Option(help: "Where it is copied to")
    package var to: String

    @Flag(help: "Delete what an unfinished copy has left in the target, and begin again")
    package var startOver = false

    @OptionGroup package var log: LogOptions

    package init() {}

    package func run() async throws {
        let environment = ProcessEnvironment.variables
        let settings = try await SharedSettings(SettingsReader(log, environment: environment))
        let source = try await database(from, of: "--from", environment)
        let target = try await database(to, of: "--to", environment)
        do {
            try await CopyStoreRun(settings, from: source, to: target).run(startsOver: startOver)
        } catch let error as CopyError {
            if case .different = error { throw error }
            throw ConfigurationError("\(error)")
        }
    }

    /// The database that a flag names, used as the settings say.
    private func database(
        _ url: String, of flag: String, _ environment: [String: String]
    ) async throws -> DatabaseSettings {
        let reader = SettingsReader(flags: [.databaseURL: url], environment: environment)
        let database: DatabaseSettings?
        do {
            database = try await DatabaseSettings(reader)
        } catch let error as ConfigurationError {
            throw ConfigurationError("\(flag) cannot be used: \(error)")
        }
        guard let database else {
            throw ConfigurationError("\(flag) names no database; for example: \(Setting.databaseURL.example)")
        }
        return database
    }
}
