import ClickJournal
package import ClickQueue
import Glibc
package import Logging
import NIOPosix
package import ServiceLifecycle
package import ShrinkrAPI
import ShrinkrBase
import ShrinkrDestinations
package import ShrinkrLaunch
package import ShrinkrObservability
import ShrinkrProcess
package import ShrinkrStore
import Synchronization

/// What is known once the API accepts connections.
package struct Listening: Sendable {
    package let configuration: APIConfiguration
    package let port: Int
    /// Whether managing links needs a key.
    package let needsKey: Bool
}

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
        _ reader: SettingsReader, shared: SharedSettings, store: any Store, queue: any ClickQueueSender,
        isEmbedded: Bool, registry: MetricsRegistry, readiness: Readiness, logger: Logger,
        onListening: @escaping @Sendable (Listening) -> Void
    ) async throws {
        try WritableFolder.make(shared.dataDirectory, mode: 0o700, for: .dataDir)
        let configuration = try await APIConfiguration(reader)
        try Self.checkPorts(configuration, shared)
        try configuration.deniedDomainsFile.map(Self.checkDeniedDomains)
        guard configuration.drainDelay < shared.shutdownTimeout else {
            throw ConfigurationError(.drainDelay, "must be shorter than \(Setting.shutdownTimeout.variable)")
        }
        RetiredVisitorSecret.destroy(in: shared.dataDirectory, logger: logger)
        let journal = try await Self.openJournal(reader, directory: shared.dataDirectory, isEmbedded: isEmbedded)
        journal.reportRecovery(to: logger)
        var dependencies = APIDependencies(
            store: store, journal: journal, queue: queue, registry: registry, readiness: readiness, logger: logger)
        // A message within the process costs nothing by its length, and the worker is of the same release.
        if !isEmbedded { dependencies.workers = store }
        let needsKey = Mutex(false)
        let api = try await Self.build(configuration, dependencies) { port in
            onListening(
                Listening(configuration: configuration, port: port, needsKey: needsKey.withLock { $0 }))
        }
        // Known only now, and told when the server listens.
        let requiresKey = try await api.requiresKey()
        needsKey.withLock { $0 = requiresKey }
        if !requiresKey { try Self.checkIsLocal(configuration, place: shared.placeFlags) }
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

    /// Of their own: a disk that stalls keeps the journal's threads, and must keep nobody else's. They end with the process.
    private static let journalThreads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        return threads
    }()

    private static func openJournal(
        _ reader: SettingsReader, directory: String, isEmbedded: Bool
    ) async throws -> ClickJournal {
        do {
            return try await ClickJournal.open(
                directory: "\(directory)/journal",
                configuration: try await JournalConfiguration(reader, isEmbedded: isEmbedded),
                threadPool: journalThreads, now: { WallClock.system.now().milliseconds })
        } catch let error as JournalError {
            throw ConfigurationError(.dataDir, "cannot be used: \(error)")
        }
    }

    private static func build(
        _ configuration: APIConfiguration, _ dependencies: APIDependencies,
        onListening: @escaping @Sendable (Int) -> Void
    ) async throws -> API {
        do {
            return try await buildAPI(
                configuration: configuration, dependencies: dependencies, onListening: onListening)
        } catch let error as DomainDenyListError {
            throw ConfigurationError(.deniedDomainsFile, "names a file that cannot be used: \(error)")
        }
    }

    /// Both ports are free; and they are two.
    private static func checkPorts(
        _ configuration: APIConfiguration, _ shared: SharedSettings
    ) throws(ConfigurationError) {
        let (host, adminHost) = (configuration.host, shared.adminHost)
        let isShared = host == adminHost || [host, adminHost].contains { ["0.0.0.0", "::"].contains($0) }
        guard configuration.port != shared.adminPort || !isShared else {
            throw ConfigurationError(
                .adminPort, "is \(shared.adminPort), which \(Setting.httpPort.variable) is as well")
        }
        _ = try APIConfiguration.listenAddress(host: host, port: configuration.port)
    }

    /// The file is there, and this process may read it.
    private static func checkDeniedDomains(_ path: String) throws(ConfigurationError) {
        var status = stat()
        guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
            throw ConfigurationError(.deniedDomainsFile, "is '\(path)', which cannot be read: \(lastError)")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw ConfigurationError(.deniedDomainsFile, "is '\(path)', which is a folder, not a file")
        }
    }

    /// Without a key, whoever reaches the API manages its links: then everything must say that this is nobody else.
    ///
    /// A public base URL or a trusted proxy means that somebody forwards requests to us, which then come from loopback.
    private static func checkIsLocal(_ configuration: APIConfiguration, place: String) throws(ConfigurationError) {
        let remedy =
            "but there is no API key; set \(Setting.apiKey.variable), or make a key first: "
            + "\(ProcessEnvironment.program) keys create --name admin --scope admin\(place)"
        if !HostName.isLoopback(UntrustedText(configuration.host)) {
            throw ConfigurationError(
                .httpHost, "is '\(configuration.host)', which other machines can reach, \(remedy)")
        }
        if !HostName.isLoopback(UntrustedText(configuration.baseURL.host.description)) {
            throw ConfigurationError(
                .baseURL, "is '\(configuration.origin)', which other machines can reach, \(remedy)")
        }
        if !configuration.trustedProxies.isEmpty {
            throw ConfigurationError(.trustedProxies, "names proxies, \(remedy)")
        }
        if !configuration.crossOrigins.isLocal {
            throw ConfigurationError(.corsOrigins, "lets web pages of others use the API, \(remedy)")
        }
    }

    private static func warn(of configuration: APIConfiguration, isBaseURLSet: Bool, logger: Logger) {
        if !isBaseURLSet, ["0.0.0.0", "::"].contains(configuration.host) {
            logger.warning(
                "Short links cannot be opened by others; set \(Setting.baseURL.variable)",
                metadata: ["base.url": "\(configuration.origin)"])
        }
    }
}

extension ClickJournal {
    /// Says what opening the journal found amiss; nothing where all was well.
    func reportRecovery(to logger: Logger) {
        let status = status()
        if status.tornBytes > 0 {
            // The remains of a click whose redirect was not answered.
            logger.info(
                "The unfinished end of the journal was removed", metadata: ["journal.bytes": "\(status.tornBytes)"])
        }
        if status.damagedRegions > 0 {
            logger.error("Damaged parts of the journal were set aside", metadata: status.damage)
        }
    }
}
