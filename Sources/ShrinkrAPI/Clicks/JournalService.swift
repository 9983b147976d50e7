package import ClickJournal
package import Logging
import ServiceLifecycle
import ShrinkrBase
import ShrinkrObservability
package import ShrinkrStore
import Synchronization

/// What the journal needs done as time goes by: frames sealed, files synchronised, its progress announced to the store.
///
/// Stops last of everything that uses the journal, and closes it. Cancelled, it leaves it open: others are cancelled at
/// the same time, and the server may still be answering.
struct JournalService: Service {
    /// How long to wait before a frame is tried again that is due and could not be sealed, for want of room or because
    /// many wait to be sent.
    static let tick = Duration.milliseconds(50)
    /// How often the journal's progress is announced.
    static let announceInterval = Duration.seconds(2)
    /// How long to wait while one earlier start after the other is done with.
    static let pause = Duration.milliseconds(200)
    /// Most journals that one transaction announces.
    static let announcementsAtATime = 500
    /// The component that is not ready while clicks are dropped, or the store is behind the journal.
    static let component = "journal"
    /// Its name where it reports on the journal.
    static let part = "counts"
    /// A click's time is taken a moment before it is written; an announcement speaks only of times older than this.
    static let margin = Duration.seconds(1)

    private let journal: ClickJournal
    private let stats: any StatsStore
    private let readiness: Readiness
    private let storeBehind: FailureStreak
    private let answered: @Sendable () -> Int
    private let writeWaiting: @Sendable () async -> Void
    private let syncInterval: Duration
    private let clock: WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - readiness: Must have the component ``JournalService/component``.
    ///   - answered: Tells how many redirects this process has answered.
    ///   - writeWaiting: Returns once the clicks whose time was taken before are handed to the journal.
    ///   - syncInterval: Clicks of the last such interval can be lost when the machine loses power.
    init(
        journal: ClickJournal, stats: any StatsStore, readiness: Readiness, answered: @escaping @Sendable () -> Int,
        writeWaiting: @escaping @Sendable () async -> Void, syncInterval: Duration, clock: WallClock, logger: Logger
    ) {
        self.journal = journal
        self.stats = stats
        self.readiness = readiness
        storeBehind = FailureStreak("The database is older than the journal", clock: clock, logger: logger)
        self.answered = answered
        self.writeWaiting = writeWaiting
        self.syncInterval = syncInterval
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        try await withThrowingTaskGroup { group in
            for service in periodicServices { group.addTask { try await service.run() } }
            try await group.waitForAll()
        }
        guard !Task.isCancelled else { return }
        var said = LastWords()
        _ = try? await announce(isLast: true, &said)
        do {
            try await journal.close()
        } catch {
            // The clicks are with the operating system. Those who stop after us are to do so in order.
            logger.error("Closing the journal fails", metadata: ["error": "\(error)"])
        }
    }

    private var periodicServices: [PeriodicService] {
        let told = Mutex(journal.status().damagedRegions)
        let lastWords = Mutex(LastWords())
        return [
            PeriodicService(every: .zero, failure: "Sealing clicks fails", clock: clock, logger: logger) {
                await seal()
            },
            PeriodicService(
                every: syncInterval, failure: "Forcing clicks to the disk fails", clock: clock, logger: logger
            ) { try await journal.sync() },
            PeriodicService(
                every: Self.announceInterval, failure: "Announcing the journal's progress fails", clock: clock,
                logger: logger
            ) {
                told.withLock { reportDamage(since: &$0) }
                var said = lastWords.withLock(\.self)
                defer { lastWords.withLock { $0 = said } }
                while try await announce(isLast: false, &said) { try await Task.sleep(for: Self.pause) }
            },
        ]
    }

    /// Says what damage was found since; the start says what it finds itself.
    private func reportDamage(since told: inout Int) {
        let status = journal.status()
        guard status.damagedRegions > told else { return }
        told = status.damagedRegions
        logger.error("Damaged parts of the journal were set aside", metadata: status.damage)
    }

    /// Seals the frames that are due, and waits until one may be.
    private func seal() async {
        let generation = journal.signals.begun.generation
        let now = clock.now().milliseconds
        if journal.timeToSeal(now: now) == .zero { await journal.sealOnThread(dueAt: now) }
        let rest = journal.timeToSeal(now: now).map { $0 > .zero ? $0 : Self.tick }
        let time = MonotonicTime(ContinuousClock())
        await time.wait(for: journal.signals.begun, after: generation, until: rest.map { time.now() + $0 })
    }

    /// Speaks for this process's journal, and for those of earlier starts. Nothing will be added to these: they are
    /// spoken of where something changed, and otherwise often enough not to seem silent.
    ///
    /// - Returns: Whether others of them were just opened, to be sent and spoken of soon.
    private func announce(isLast: Bool, _ said: inout LastWords) async throws -> Bool {
        let now = clock.now()
        // A click of before now that a stalled disk holds up is not passed over.
        await writeWaiting()
        let own = await journal.settledOwnStatus()
        try await announceForeignRecords(&said, at: now)
        let earlier = journal.earlierStatuses.filter { isLast || said.areDue($0, at: now) }
        let announcement = JournalAnnouncement(
            extent: own.extent, time: isLast ? now : now.advanced(by: .zero - Self.margin),
            isLast: isLast && own.isAcknowledged,
            // Asked after the status: a redirect counts as answered a moment before its click is recorded.
            account: own.account(answered: answered()))
        try await announce([announcement], of: [own], at: now, &said)
        for start in stride(from: 0, to: earlier.count, by: Self.announcementsAtATime) {
            let part = Array(earlier[start..<min(earlier.count, start + Self.announcementsAtATime)])
            try await announce(part.map { lastWords(of: $0, at: now) }, of: part, at: now, &said)
        }
        report(framesBehind: said.framesBehind)
        return try await forget(&said, at: now) && !journal.earlierStatuses.isEmpty
    }

    /// Says what was set aside of other journals' segments that lay in this one's folders: those clicks are lost, unless
    /// the journal that took them in brings them all the same.
    private func announceForeignRecords(_ said: inout LastWords, at now: Timestamp) async throws {
        let foreign = journal.status().foreignRecords.filter { said.foreignRecords[$0.key] != $0.value }
        guard !foreign.isEmpty else { return }
        let announcements = foreign.map { identity, records in
            JournalAnnouncement(
                extent: JournalExtent(journal: identity.description, frame: 0), holder: journal.identity.description,
                time: now, isLast: true,
                account: JournalAccount(
                    answered: records, recorded: records, lost: records, published: 0, publishedThrough: 0))
        }
        try await stats.announce(announcements, at: now)
        said.foreignRecords.merge(foreign) { $1 }
    }

    /// For an earlier start.
    private func lastWords(of status: JournalStatus, at now: Timestamp) -> JournalAnnouncement {
        JournalAnnouncement(
            extent: status.extent, holder: journal.identity.description, time: now, isLast: true,
            account: status.account(answered: status.answeredTotal))
    }

    private func announce(
        _ announcements: [JournalAnnouncement], of statuses: [JournalStatus], at now: Timestamp,
        _ said: inout LastWords
    ) async throws {
        let counted = try await stats.announce(announcements, at: now)
        let lives = Dictionary(journal.lives.map { ($0.identity, $0) }) { first, _ in first }
        for (status, frames) in zip(statuses, counted) {
            said.note(status, counted: frames, at: now)
            // Where the disk has no room for that, it is tried again.
            try? await lives[status.identity]?.noteCounted(frames: UInt64(frames), at: now.milliseconds)
        }
    }

    /// Lets go of what earlier starts left, once all of that is with the queue and the store knows. Returns whether there
    /// was something.
    private func forget(_ said: inout LastWords, at now: Timestamp) async throws -> Bool {
        var isForgotten = false
        var failure: (any Error)?
        for life in journal.lives where life.identity != journal.identity && said.areFinal(of: life.status(), at: now) {
            do {
                try await journal.forget(life)
                said.forget(life.identity)
                isForgotten = true
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return isForgotten
    }

    /// Says once a minute, and in the readiness, that the database does not know what it had counted.
    private func report(framesBehind frames: Int) {
        guard frames > 0 else {
            readiness.markReady(Self.component, part: Self.part)
            return storeBehind.succeeded()
        }
        readiness.markNotReady(
            Self.component, part: Self.part, reason: "the database is older than the journal; the log says more")
        storeBehind.failed(
            "it lacks \(frames) frames of clicks that it had counted. Stop the program and put back the database that "
                + "belongs to the journal, or the journal of the database's time; else these clicks stay uncounted, and "
                + "statistics are not complete for up to two days")
    }
}

extension JournalStatus {
    /// What the journal announces of itself.
    ///
    /// - Parameter answered: redirects answered since the journal was made.
    package func account(answered: Int) -> JournalAccount {
        JournalAccount(
            answered: answered, recorded: Int(recordedTotal), lost: Int(totals.lost), dropped: Int(totals.dropped),
            published: Int(totals.acknowledged), publishedThrough: Int64(acknowledgedFrame),
            gaps: gaps.map { Int64($0.lowerBound)...Int64($0.upperBound) }, isComplete: totals.areComplete)
    }

    /// The frames that hold all clicks recorded so far. Those of the open frame will be in the next one; sealing for this
    /// alone would make many small frames.
    package var extent: JournalExtent {
        let frame = openFrameRecords > 0 ? lastSealedFrame + 1 : lastSealedFrame
        let partial = partialFrames.map { (Int64($0.key), $0.value) }
        return JournalExtent(
            journal: identity.description, frame: Int64(frame), partialFrames: Dictionary(uniqueKeysWithValues: partial)
        )
    }

    /// Redirects whose clicks the journal took in, or had to drop: all that an earlier process answered, as far as its
    /// files know.
    package var answeredTotal: Int { Int(recordedTotal + totals.dropped) }
}

extension JournalStatus {
    /// How much damage was found since the journal was opened, for the log.
    package var damage: Logger.Metadata {
        [
            "journal.damaged_regions": "\(damagedRegions)", "journal.damaged_bytes": "\(damagedBytes)",
            "journal.clicks_lost": "\(lostRecords)",
        ]
    }
}
