import ClickJournal
package import ClickQueue
package import Logging
import NIOPosix
package import ServiceLifecycle
package import ShrinkrAPI
import ShrinkrCore
package import ShrinkrLaunch
package import ShrinkrObservability
package import ShrinkrStoreSQLite

/// From settings to the running API, as `shrinkr` and `shrinkr-api` share it.
package struct APILaunch: Sendable {
    package let configuration: APIConfiguration
    package let services: [any Service]
    private let journal: ClickJournal

    /// - Parameters:
    ///   - queue: Where frames go.
    ///   - isEmbedded: Whether the queue is in this process.
    /// - Throws: ``ConfigurationError`` where the settings cannot work.
    package init(
        _ reader: SettingsReader, shared: SharedSettings, store: SQLiteStore, queue: any ClickQueueSender,
        isEmbedded: Bool, registry: MetricsRegistry, readiness: Readiness, logger: Logger,
        onListening: @escaping @Sendable (APIConfiguration, Int) -> Void
    ) async throws {
        let configuration = try await APIConfiguration(reader, dataDirectory: shared.dataDirectory)
        guard configuration.drainDelay < shared.shutdownTimeout else {
            throw ConfigurationError(.drainDelay, "must be shorter than \(Setting.shutdownTimeout.variable)")
        }
        let journal = try await Self.openJournal(reader, directory: shared.dataDirectory, isEmbedded: isEmbedded)
        journal.reportRecovery(to: logger)
        let dependencies = APIDependencies(
            store: store, journal: journal, queue: queue, registry: registry, readiness: readiness, logger: logger)
        let api = try Self.build(configuration, dependencies) { port in onListening(configuration, port) }
        if try await !api.requiresKey() { try Self.checkIsLocal(configuration) }
        Self.warn(of: configuration, isBaseURLSet: try await reader.text(.baseURL) != nil, logger: logger)
        self.configuration = configuration
        self.journal = journal
        services = api.services
    }

    /// Runs the services among others, and closes what they leave open where they are cancelled.
    package func run(_ others: [any Service], _ settings: SharedSettings, logger: Logger) async throws {
        try await Startup.closing {
            try await journal.close()
        } after: {
            try await ServiceRun.run(others + services, shutdownTimeout: settings.shutdownTimeout, logger: logger)
        }
    }

    private static func openJournal(
        _ reader: SettingsReader, directory: String, isEmbedded: Bool
    ) async throws -> ClickJournal {
        do {
            return try await ClickJournal.open(
                directory: "\(directory)/journal",
                configuration: try await JournalConfiguration(reader, isEmbedded: isEmbedded),
                threadPool: NIOThreadPool.singleton, now: { WallClock.system.now().milliseconds })
        } catch let error as JournalError {
            throw ConfigurationError(.dataDir, "cannot be used: \(error)")
        }
    }

    private static func build(
        _ configuration: APIConfiguration, _ dependencies: APIDependencies,
        onListening: @escaping @Sendable (Int) -> Void
    ) throws -> API {
        do {
            return try buildAPI(configuration: configuration, dependencies: dependencies, onListening: onListening)
        } catch let error where configuration.deniedDomainsFile != nil && !(error is ObservabilityError) {
            throw ConfigurationError(.deniedDomainsFile, "cannot be read: \(error)")
        }
    }

    /// Without a key, whoever reaches the API manages its links: then everything must say that this is nobody else.
    ///
    /// A public base URL or a trusted proxy means that somebody forwards requests to us, which then come from loopback.
    private static func checkIsLocal(_ configuration: APIConfiguration) throws(ConfigurationError) {
        let remedy =
            "but no API key is configured; set \(Setting.apiKey.variable) or create a key with 'keys create'"
        if !isLoopback(configuration.host) {
            throw ConfigurationError(
                .httpHost, "is '\(configuration.host)', which other machines can reach, \(remedy)")
        }
        if !isLoopback(configuration.baseURL.host.description) {
            throw ConfigurationError(
                .baseURL, "is '\(configuration.origin)', which other machines can reach, \(remedy)")
        }
        if !configuration.trustedProxies.isEmpty {
            throw ConfigurationError(.trustedProxies, "names proxies, \(remedy)")
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        let host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return host == "localhost" || (IPAddress(host)?.isLoopback ?? false)
    }

    private static func warn(of configuration: APIConfiguration, isBaseURLSet: Bool, logger: Logger) {
        if !isBaseURLSet, ["0.0.0.0", "::"].contains(configuration.host) {
            logger.warning(
                "Short links cannot be opened by others; set \(Setting.baseURL.variable)",
                metadata: ["base.url": "\(configuration.origin)"])
        }
    }
}
