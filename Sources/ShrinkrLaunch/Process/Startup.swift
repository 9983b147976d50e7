package import AWSRuntime
package import AWSSQS
import Glibc
package import Logging
import ShrinkrCore
package import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStore
package import ShrinkrStoreSQLite

/// Steps that the programs share on their way up.
package enum Startup {
    /// Reports variables that begin with `SHRINKR_` and mean nothing, or nothing any more.
    package static func reportUnknown(_ reader: SettingsReader, logger: Logger) {
        let known = Setting.all.map(\.variable)
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
    /// - Throws: ``ConfigurationError`` where that cannot be.
    package static func openStore(_ settings: SharedSettings) async throws -> SQLiteStore {
        let setting = settings.databaseSetting
        let path = settings.databasePath
        if setting == .dataDir { try WritableFolder.make(settings.dataDirectory, mode: 0o700, for: .dataDir) }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw ConfigurationError(setting, "leads to '\(path)', which is no file")
        }
        do {
            return try await SQLiteStore.open(
                path: path, configuration: SQLiteConfiguration(codeCase: settings.codeCase))
        } catch StoreError.otherCodeCase(let present) {
            throw ConfigurationError(
                "\(Setting.codeCase.variable) (or \(Setting.codeCase.flag)) cannot be changed: the database "
                    + "'\(path)' was made for codes that are case-\(present.rawValue)")
        } catch StoreError.unavailable(let reason) {
            throw ConfigurationError(setting, "leads to the database '\(path)', which cannot be used: \(reason)")
        } catch let error as StoreError {
            throw ConfigurationError(setting, "leads to the database '\(path)', which cannot be used: \(error)")
        }
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
            host: settings.adminHost ?? "127.0.0.1", port: settings.adminPort, hosts: settings.adminHosts,
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
