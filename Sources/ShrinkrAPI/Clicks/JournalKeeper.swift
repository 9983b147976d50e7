import ClickJournal
import Logging
import ServiceLifecycle
import ShrinkrCore
import ShrinkrStore

/// What the journal needs done as time goes by: frames sealed, files synchronised, its progress announced to the store.
///
/// Stops last of everything that uses the journal, and closes it. Cancelled, it leaves it open: others are cancelled at
/// the same time, and the server may still be answering.
struct JournalKeeper: Service {
    /// How often to look whether the open frame is due.
    static let tick = Duration.milliseconds(50)
    /// How often the journal's progress is announced.
    static let announceInterval = Duration.seconds(2)
    /// A click's time is taken a moment before it is written; an announcement speaks only of times older than this.
    static let margin = Duration.seconds(1)

    private let journal: ClickJournal
    private let stats: any StatsStore
    private let answered: @Sendable () -> Int
    private let syncInterval: Duration
    private let clock: WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - answered: Tells how many redirects this process has answered.
    ///   - syncInterval: Clicks of the last such interval can be lost when the machine loses power.
    init(
        journal: ClickJournal, stats: any StatsStore, answered: @escaping @Sendable () -> Int,
        syncInterval: Duration, clock: WallClock, logger: Logger
    ) {
        self.journal = journal
        self.stats = stats
        self.answered = answered
        self.syncInterval = syncInterval
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await every(Self.tick, "Sealing clicks fails") { seal() } }
                group.addTask {
                    await every(syncInterval, "Forcing clicks to the disk fails") { try await journal.sync() }
                }
                group.addTask {
                    var told = journal.status().damagedRegions
                    await every(Self.announceInterval, "Announcing the journal's progress fails") {
                        reportDamage(since: &told)
                        try await announce(isLast: false)
                    }
                }
            }
        }
        guard !Task.isCancelled else { return }
        try? await announce(isLast: true)
        do {
            try await journal.close()
        } catch {
            // The clicks are with the operating system. Those who stop after us are to do so in order.
            logger.error("Closing the journal fails", metadata: ["error": "\(error)"])
        }
    }

    private func every(_ interval: Duration, _ failure: Logger.Message, do work: () async throws -> Void) async {
        let failures = FailureStreak(failure, clock: clock, logger: logger)
        while !Task.isCancelled {
            do {
                try await work()
                failures.succeeded()
            } catch  where !Task.isCancelled {
                failures.failed("\(error)")
            } catch {}
            try? await Task.sleep(for: interval)
        }
    }

    /// Says what damage was found since; the start says what it finds itself.
    private func reportDamage(since told: inout Int) {
        let status = journal.status()
        guard status.damagedRegions > told else { return }
        told = status.damagedRegions
        logger.error("Damaged parts of the journal were set aside", metadata: status.damage)
    }

    private func seal() {
        journal.sealIfDue(now: clock.now().milliseconds)
    }

    private func announce(isLast: Bool) async throws {
        let now = clock.now()
        let status = journal.ownStatus()
        let announcement = JournalAnnouncement(
            extent: status.extent, time: isLast ? now : now.advanced(by: .zero - Self.margin),
            isLast: isLast && status.isAcknowledged,
            // Asked after the status: a redirect counts as answered a moment before its click is recorded.
            account: status.account(answered: answered()))
        try await stats.announce(announcement, at: now)
        var failure: (any Error)?
        for life in journal.lives where life.identity != journal.identity {
            do {
                try await announceLastWords(of: life)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Speaks for an earlier start: nothing will be added to what it left. Once all of that is with the queue and the store
    /// knows, the journal lets go of it.
    private func announceLastWords(of life: JournalLife) async throws {
        let now = clock.now()
        let status = life.status()
        let announcement = JournalAnnouncement(
            extent: status.extent, holder: journal.identity.description, time: now, isLast: true,
            account: status.account(answered: status.answeredTotal))
        try await stats.announce(announcement, at: now)
        if status.isAcknowledged { try await journal.forget(life) }
    }
}
