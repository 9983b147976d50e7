package import Logging
import ServiceLifecycle
import ShrinkrObservability
package import ShrinkrStore
import Synchronization

/// Waits for a database that another program has to start or to migrate first.
///
/// The program is alive meanwhile, but not ready: `/readyz` and the log say why. Every try is short, with pauses between
/// that grow, and a signal ends it all as it ends a program that serves.
package enum StoreWait {
    /// What `/readyz` calls it.
    package static let component = "database"
    /// Between the first two tries; grows to the longest.
    private static let pauses = Duration.milliseconds(500)...Duration.seconds(5)
    /// Between two lines of the log.
    private static let interval = Duration.seconds(30)

    /// Opens the database of the settings, at once where it can be used.
    ///
    /// - Parameter makesLinks: see ``Startup/openStore(_:makesLinks:logger:)``.
    /// - Returns: Nil where a signal came first.
    /// - Throws: ``ConfigurationError`` for what waiting does not change.
    package static func openStore(
        _ settings: SharedSettings, makesLinks: Bool = false, logger: Logger
    ) async throws -> (any Store)? {
        // A file is there or not: its path, its rights and its program are what is wrong.
        guard case .postgreSQL = settings.database else {
            return try await Startup.openStore(settings, makesLinks: makesLinks, logger: logger)
        }
        let readiness = Readiness(components: [component])
        let opener = StoreOpener(settings: settings, makesLinks: makesLinks, readiness: readiness, logger: logger)
        if try await opener.isOpenedAtOnce() { return opener.store }
        let admin = try Startup.makeAdminServer(
            settings, registry: MetricsRegistry(), readiness: readiness, logger: logger)
        let isStopped = try await ServiceRun.run(
            [admin], until: opener, shutdownTimeout: settings.shutdownTimeout, logger: logger)
        // A signal from now on stays pending until the services take signals over: Dispatch blocks it meanwhile.
        guard isStopped else { return opener.store }
        try await opener.store?.close()
        return nil
    }

    /// Tries to open the store until that works.
    private final class StoreOpener: Service {
        private let settings: SharedSettings
        private let makesLinks: Bool
        private let readiness: Readiness
        private let logger: Logger
        private let opened = Mutex<(any Store)?>(nil)

        init(settings: SharedSettings, makesLinks: Bool, readiness: Readiness, logger: Logger) {
            self.settings = settings
            self.makesLinks = makesLinks
            self.readiness = readiness
            self.logger = logger
        }

        var store: (any Store)? { opened.withLock { $0 } }

        func isOpenedAtOnce() async throws -> Bool { try await problem() == nil }

        func run() async throws {
            try await cancelWhenGracefulShutdown {
                do {
                    try await self.open()
                } catch is CancellationError {}
            }
        }

        private func open() async throws {
            var pause = pauses.lowerBound
            var said: ContinuousClock.Instant?
            while let problem = try await problem() {
                readiness.markNotReady(component, reason: problem)
                if said.map({ ContinuousClock.now - $0 >= interval }) ?? true {
                    logger.warning("Waiting for the database", metadata: ["error": "\(problem)"])
                    said = ContinuousClock.now
                }
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, pauses.upperBound)
            }
            logger.info("The database can be used", metadata: ["database": "\(settings.database.name)"])
        }

        /// Opens the store, or says why it cannot be used now.
        private func problem() async throws -> String? {
            // A line an interval is enough: what looks first says nothing itself.
            var quiet = logger
            quiet.logLevel = .critical
            do {
                let status = try await Database.migrations(settings, logger: quiet).status()
                if let problem = status.problem { return problem }
                if let step = status.firstMissing {
                    return "its tables lack the step '\(step.name)': run `shrinkr-api migrate`"
                }
                let store = try await Database.open(settings, makesLinks: makesLinks, logger: logger)
                opened.withLock { $0 = store }
                return nil
            } catch StoreError.unavailable(let reason) {
                return reason
            }
        }
    }
}
