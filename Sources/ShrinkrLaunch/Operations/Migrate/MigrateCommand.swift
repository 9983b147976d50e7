package import ArgumentParser
package import ShrinkrProcess
import ShrinkrStore

/// `migrate`: brings the tables of the database up to date, or says where they stand.
package struct MigrateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's tables up to date, while programs use it.",
        discussion: """
            Runs the steps that the database does not have yet, each wholly or not at all. Run it before the programs of a \
            new version start: those of the version before go on with the new tables. One run is at work at a time, and \
            others wait for it; one that was killed is simply started again. With PostgreSQL, programs wait for it; an \
            SQLite file they bring up to date by themselves.

              # Exits with 0 once the tables are up to date. Only print the SQL that would be run.
              \(ProcessEnvironment.program) migrate
              \(ProcessEnvironment.program) migrate --dry-run

              # Exits with 1 if a step breaks the rule for steps or was changed; if something is to be done.
              \(ProcessEnvironment.program) migrate --check
              \(ProcessEnvironment.program) migrate status
            """,
        subcommands: [MigrateRunCommand.self, MigrateStatusCommand.self], defaultSubcommand: MigrateRunCommand.self)

    package init() {}
}

/// `migrate run`, or `migrate` alone.
package struct MigrateRunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the steps that the database does not have yet (the default).")

    @Flag(help: "Change nothing; exit with 1 if a step breaks the rule for steps, or is not what the database had run")
    package var check = false

    @Flag(help: "Change nothing; print the steps that would be run")
    package var dryRun = false

    @OptionGroup package var place: PlaceOptions

    @OptionGroup package var log: LogOptions

    package init() {}

    package func validate() throws {
        if check, dryRun { throw ValidationError("--check and --dry-run are two questions; ask one at a time") }
    }

    package func run() async throws {
        let settings = try await SharedSettings(SettingsReader(place, log, environment: ProcessEnvironment.variables))
        if check {
            try await MigrateRun.check(settings)
        } else if dryRun {
            try await MigrateRun(settings).show()
        } else {
            try await MigrateRun(settings).migrate()
        }
    }
}

/// `migrate status`.
package struct MigrateStatusCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status", abstract: "List all steps, and which of them the database has.",
        discussion: """
            Exits with 0 if this version can use the tables as they are, and with 1 if something is to be done.
            """)

    @Option(help: "text or json")
    package var format: OutputFormat = .text

    @OptionGroup package var place: PlaceOptions

    @OptionGroup package var log: LogOptions

    package init() {}

    package func run() async throws {
        let settings = try await SharedSettings(SettingsReader(place, log, environment: ProcessEnvironment.variables))
        let status = try await MigrateRun(settings).status()
        switch format {
        case .text: for step in status.steps { print(step.line) }
        case .json: print(try StatusDocument.json(status))
        }
        if let problem = status.problem {
            Exit.say("This version cannot use the database: \(problem)")
        } else if !status.pending.isEmpty {
            Exit.say("To be run: \(status.pending.count); '\(ProcessEnvironment.program) migrate' does that.")
        }
        guard status.isUsable else { throw ExitCode(Exit.failure) }
    }
}
