import ArgumentParser
import FoundationEssentials
import Logging
import ShrinkrBase
import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStore

/// What `migrate` does with the database of the settings.
struct MigrateRun {
    private let migrations: any SchemaMigrations
    private let name: String

    /// - Throws: ``ConfigurationError`` where the database is a file that is not there.
    init(_ settings: SharedSettings) throws {
        try OperatorTools.requireDatabase(settings.database)
        var logger = settings.logFactory.makeLogger(label: "shrinkr")
        // What is waited for is said in lines for people.
        logger.logLevel = max(logger.logLevel, .error)
        migrations = try Database.migrations(settings, logger: logger)
        name = settings.database.name
    }

    func status() async throws -> SchemaStatus { try await migrations.status() }

    func migrate() async throws {
        let names = try await migrations.migrate { Exit.say($0) }
        print("The tables of \(name) are up to date; steps that were run: \(names.count).")
    }

    /// Prints the steps that are to be run, as SQL where they are that.
    func show() async throws {
        let status = try await migrations.status()
        if let problem = status.problem { throw StoreError.unavailable(reason: problem) }
        for step in status.pending {
            print("-- \(step.name)")
            print(step.sql ?? "-- Done by code.")
        }
        if status.pending.isEmpty { Exit.say("There is nothing to be run.") }
    }

    /// Whether the steps of this program keep the rule, and are those that the database had run. Where no database is
    /// named and none is there, the first alone.
    ///
    /// - Throws: `ExitCode` 1 where not.
    static func check(_ settings: SharedSettings) async throws {
        var faults = try Database.faults()
        if settings.isPlaceNamed || (try? OperatorTools.requireDatabase(settings.database)) != nil {
            if let problem = try await MigrateRun(settings).status().problem { faults.append(problem) }
        }
        for fault in faults { print(fault) }
        guard faults.isEmpty else { throw ExitCode(Exit.failure) }
        print("All steps keep the rule, and none was changed.")
    }
}

extension SchemaStatus.Step {
    /// Name, kind and state, with tabs between.
    var line: String {
        let when =
            switch state {
            case .pending: "to be run"
            case .heldBack: "left to a later version"
            case .applied(let at, let program):
                (["done"] + [at?.rfc3339, program.map { "by \($0)" }].compactMap { $0 }).joined(separator: " ")
            }
        return [name, kind, isNewer ? "\(when), of a newer version" : when].compactMap { $0 }.joined(separator: "\t")
    }
}

/// The steps as `migrate status --format json` shows them.
struct StatusDocument: Encodable {
    private struct Step: Encodable {
        let name: String
        let kind: String?
        let isApplied: Bool
        let appliedAt: String?
        let appliedBy: String?
        let isNewer: Bool
    }

    private let isUsable: Bool
    private let problem: String?
    private let steps: [Step]

    static func json(_ status: SchemaStatus) throws -> String {
        let steps = status.steps.map { step in
            var (isApplied, at, program): (Bool, Timestamp?, String?) = (false, nil, nil)
            if case .applied(let time, let name) = step.state { (isApplied, at, program) = (true, time, name) }
            return Step(
                name: step.name, kind: step.kind, isApplied: isApplied, appliedAt: at?.rfc3339,
                appliedBy: program, isNewer: step.isNewer)
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = StatusDocument(isUsable: status.isUsable, problem: status.problem, steps: steps)
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
