package import Logging
import ServiceLifecycle
package import ShrinkrCore
package import ShrinkrStore

/// Forgets which visitors were seen on days long past. How many there were stays known.
package struct VisitorSweeper: Service {
    /// Days that visitors are kept: longer than the 14 days for which SQS can hold a message (SQS developer guide,
    /// "Message quotas"), so that no late click counts its visitor a second time.
    static let keptDays: Int64 = 31
    static let interval = Duration.seconds(3_600)

    private let stats: any StatsStore
    private let wallClock: WallClock
    private let logger: Logger

    package init(stats: any StatsStore, wallClock: WallClock = .system, logger: Logger) {
        self.stats = stats
        self.wallClock = wallClock
        self.logger = logger
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Forgets the visitors of all days before the kept ones.
    func sweep() async {
        do {
            let forgotten = try await stats.forgetVisitors(beforeDay: wallClock.now().utcDay - Self.keptDays)
            logger.debug("Visitors forgotten", metadata: ["visitors": "\(forgotten)"])
        } catch {
            logger.debug("Visitors could not be forgotten", metadata: ["error": "\(error)"])
        }
    }
}
