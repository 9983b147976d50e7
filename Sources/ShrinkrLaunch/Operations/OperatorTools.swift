import AWSRuntime
package import AWSSQS
import ArgumentParser
import FoundationEssentials
import Logging
import ShrinkrObservability
import ShrinkrProcess
package import ShrinkrStore

/// What an operator's command works with: the settings of the running programs, their database and their queue.
package struct OperatorTools: Sendable {
    package let settings: SharedSettings
    package let store: any Store
    /// Nil where no queue URL is set: `shrinkr` then has its queue in memory.
    package let queue: SQSClient?

    /// Opens the tools for one piece of work.
    ///
    /// - Throws: ``ConfigurationError`` where the database is not there: a mistyped folder must not make a new one.
    package static func withTools<Value: Sendable>(
        _ options: OperatorOptions, _ work: (OperatorTools) async throws -> Value
    ) async throws -> Value {
        let environment = ProcessEnvironment.variables
        let settings = try await SharedSettings(SettingsReader(shared: options, environment: environment))
        try requireDatabase(settings.database)
        let logger = settings.logFactory.makeLogger(label: "shrinkr")
        let aws = try settings.clickQueueURL.map { url in
            (client: try Startup.makeAWSClient(environment: environment, logger: logger), url: url)
        }
        let store = try await openStore(settings)
        var value: Value?
        try await Startup.closing {
            try await aws?.client.shutdown()
            try await store.close()
        } after: {
            let queue = try aws.map { try Startup.makeSQSClient($0.client, queueURL: $0.url) }
            value = try await work(OperatorTools(settings: settings, store: store, queue: queue))
        }
        guard let value else { throw CancellationError() }
        return value
    }

    /// Opens the database of a running program for a command, whose only words are its own.
    ///
    /// - Throws: as ``Startup/openStore(_:makesLinks:logger:)``.
    package static func openStore(_ settings: SharedSettings) async throws -> any Store {
        var logger = settings.logFactory.makeLogger(label: "shrinkr")
        logger.logLevel = max(logger.logLevel, .error)
        return try await Startup.openStore(settings, logger: logger)
    }

    /// - Throws: ``ConfigurationError`` where the file of the database is not there. Servers are not asked.
    package static func requireDatabase(_ database: DatabaseSettings) throws(ConfigurationError) {
        guard case .sqlite(let path) = database, !FileManager.default.fileExists(atPath: path) else { return }
        throw ConfigurationError("There is no database at \(path); name the server's --data-dir or --database-url")
    }

    /// The queue, for commands that make no sense without one.
    package func requireQueue() throws(ConfigurationError) -> SQSClient {
        guard let queue else {
            throw ConfigurationError(.clickQueueURL, "is not set, and a queue in memory has no dead letters")
        }
        return queue
    }
}
