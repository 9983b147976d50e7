package import AWSRuntime
package import AWSSQS
package import Logging
package import ShrinkrObservability
import ShrinkrProcess
package import ShrinkrStore

/// Steps that the programs share on their way up.
package enum Startup {
    /// Reports variables that begin with `SHRINKR_` and mean nothing, or nothing any more.
    package static func reportUnknown(_ reader: SettingsReader, logger: Logger) {
        let known = Setting.allCases.map(\.variable)
        for variable in reader.unknownVariables {
            var metadata: Logger.Metadata = ["variable": "\(variable)"]
            if let suggestion = Suggestion.nearest(to: variable, among: known) { metadata["meant"] = "\(suggestion)" }
            logger.warning("Unknown variable ignored", metadata: metadata)
        }
        for (variable, reason) in reader.retiredVariables {
            logger.notice(
                "Variable no longer used; remove it", metadata: ["variable": "\(variable)", "reason": "\(reason)"])
        }
    }

    /// Opens the database.
    ///
    /// - Parameter makesLinks: whether the program makes links: then a database without a rule for the case of codes
    ///   gets the default one, where none is set.
    /// - Throws: ``ConfigurationError`` where that cannot be; ``StoreError/unavailable(reason:)`` where a server cannot
    ///   be used now.
    package static func openStore(
        _ settings: SharedSettings, makesLinks: Bool = false, logger: Logger
    ) async throws -> any Store {
        try await Database.open(settings, makesLinks: makesLinks, logger: logger)
    }

    /// The client for AWS, configured by the variables that every AWS program knows.
    package static func makeAWSClient(environment: [String: String], logger: Logger) throws -> AWSClient {
        do {
            return try AWSClient.make(environment: AWSEnvironment(environment), logger: logger)
        } catch let error as AWSError {
            throw ConfigurationError("AWS cannot be used: \(error)")
        }
    }

    /// The client for the click queue.
    package static func makeSQSClient(_ client: AWSClient, queueURL: String) throws -> SQSClient {
        do {
            return try SQSClient(client: client, queueURL: queueURL)
        } catch let error as AWSError {
            throw ConfigurationError(.clickQueueURL, "cannot be used: \(error)")
        }
    }

    /// The server of `/metrics`, `/livez` and `/readyz`.
    package static func makeAdminServer(
        _ settings: SharedSettings, registry: MetricsRegistry, readiness: Readiness, logger: Logger
    ) throws -> AdminServer {
        try ProcessMetrics.register(in: registry)
        return AdminServer(
            host: settings.adminHost, port: settings.adminPort, hosts: settings.adminHosts,
            registry: registry,
            readiness: readiness, logger: logger)
    }

    /// Does the program's work, and closes what it used, also where the work fails.
    package static func closing(
        _ close: () async throws -> Void, after work: () async throws -> Void
    ) async throws {
        do {
            try await work()
        } catch {
            try? await close()
            throw error
        }
        try await close()
    }
}
