package import Logging
import ServiceLifecycle
package import ShrinkrBase
import ShrinkrObservability
package import ShrinkrStore

/// Packs the visitors of past hours and forgets those of days long past, and the accounts of journals that are done with.
/// How many there were stays known. Also makes the store ready for the months to come.
package struct VisitorSweeper: Service {
    /// Days that visitors are kept: longer than the 14 days for which SQS can hold a message (SQS developer guide,
    /// "Message quotas"), so that no late click counts its visitor a second time.
    static let keptDays: Int64 = 31
    /// Hours that are not packed: the present one, and that before it, of which the last clicks are still on their way.
    static let openHours: Int64 = 2
    /// How long the account of a journal is kept once all of it is counted: long enough for an operator to look at it.
    static let finishedJournalsKept = Duration.seconds(86_400)
    /// How long it is kept otherwise: longer than SQS can hold its frames, and a machine is left switched off.
    static let silentJournalsKept = Duration.seconds(31 * 86_400)
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
        async let visitors: Void = PeriodicService(
            every: Self.interval, failure: "Visitors of past hours cannot be packed, or forgotten",
            clock: wallClock, logger: logger
        ) { try await forgetVisitors() }.run()
        async let journals: Void = PeriodicService(
            every: Self.interval, failure: "Journals that are done with cannot be folded", clock: wallClock,
            logger: logger
        ) { try await foldJournals() }.run()
        async let months: Void = PeriodicService(
            every: Self.interval, failure: "Tables for the clicks of the next months cannot be made", clock: wallClock,
            logger: logger
        ) { try await makePartitions() }.run()
        _ = try await (visitors, journals, months)
    }

    func forgetVisitors() async throws {
        let now = wallClock.now()
        let sketched = try await stats.sketchVisitors(sinceDay: now.utcDay)
        let packed = try await stats.packVisitors(beforeHour: TimeBucket(containing: now).hour + 1 - Self.openHours)
        let forgotten = try await stats.forgetVisitors(beforeDay: now.utcDay - Self.keptDays)
        logger.debug(
            "Visitors swept",
            metadata: [
                "visitors.sketched": "\(sketched)", "visitors.packed": "\(packed)",
                "visitors.forgotten": "\(forgotten)",
            ])
    }

    func foldJournals() async throws {
        let now = wallClock.now()
        let folded = try await stats.foldJournals(
            finishedBefore: now.advanced(by: .zero - Self.finishedJournalsKept),
            silentBefore: now.advanced(by: .zero - Self.silentJournalsKept))
        logger.debug("Journals folded", metadata: ["journals": "\(folded)"])
    }

    func makePartitions() async throws {
        let made = try await stats.makePartitions(at: wallClock.now())
        if made > 0 { logger.info("Tables for clicks made", metadata: ["tables": "\(made)"]) }
    }
}
