package import AWSSQS
package import ShrinkrBase
import ShrinkrCore
package import ShrinkrStore

/// Reads everything that the ledger is drawn up from, in an order in which nothing on its way can seem to be missing:
/// first what was counted, then what the journals say after that, then the queue, and last which frames are counted.
package struct LedgerReader: Sendable {
    /// A journal that announced something within this time is that of a running process (it does so every 2 s).
    static let liveness = Duration.seconds(10)
    /// How long running processes are given to announce something new.
    static let patience = Duration.seconds(8)
    /// Most dead letters that are looked at.
    static let deadLetterLimit = 1_000

    private let stats: any StatsStore
    private let queue: SQSClient?
    private let workers: (any WorkerVersionStore)?
    private let localJournals: @Sendable () throws -> [LocalJournal]
    private let clock: WallClock

    /// - Parameters:
    ///   - queue: the click queue; nil for the embedded one.
    ///   - workers: where workers say which frames they read; nil leaves that out.
    ///   - localJournals: reads the journals in the data directory, if no process uses it.
    package init(
        stats: any StatsStore, queue: SQSClient?, workers: (any WorkerVersionStore)? = nil,
        localJournals: @escaping @Sendable () throws -> [LocalJournal] = { [] },
        clock: WallClock = .system
    ) {
        self.stats = stats
        self.queue = queue
        self.workers = workers
        self.localJournals = localJournals
        self.clock = clock
    }

    /// Draws up the ledger as of now.
    package func report() async throws -> LedgerReport {
        let start = clock.now()
        let before = try await stats.journalLedgers()
        let local = Dictionary(try localJournals().map { ($0.journal, $0.account) }) { first, _ in first }
        // Whose journal no process uses has said its last.
        var after = try await announcements(since: start, of: before.filter { local[$0.journal] == nil })
        after += Self.unheard(local, of: after)
        var (queue, deadLetters) = (try await readQueue(), [String: Int]())
        if queue?.dead ?? 0 > 0 { deadLetters = try await readDeadLetters(after, &queue) }
        let known = Dictionary(before.map { ($0.journal, $0) }) { first, _ in first }
        let held = Dictionary(try await stats.journalLedgers().map { ($0.journal, $0.held) }) { first, _ in first }
        let readings = after.map { ledger in
            var ledger = ledger
            let isNewer = ledger.announcedAt.map { $0 >= start } ?? false
            // Who has just announced something is alive, whatever the lock seems to say.
            let files = isNewer ? nil : local[ledger.journal]
            // Others may have said more of a copy.
            if let files { ledger.account = ledger.account?.merged(with: files, isFinal: true) ?? files }
            return LedgerReading(
                before: known[ledger.journal], after: ledger, held: held[ledger.journal] ?? ledger.held,
                isExact: files != nil || isNewer)
        }
        let versions = self.queue == nil ? nil : try await workers?.workerVersions()
        return LedgerReport(readings, queue: queue, deadLetters: deadLetters, workerVersions: versions)
    }

    /// Journals that the store has not heard of: their processes died before they said anything, or it was away.
    // text: a journal's name is a UUID.
    private static func unheard(_ local: [String: JournalAccount], of known: [JournalLedger]) -> [JournalLedger] {
        let names = Set(known.map(\.journal))  // text: as above.
        return local.filter { !names.contains($0.key) && !$0.value.isEmpty }.keys.sorted().map { journal in
            JournalLedger(journal: journal, account: nil, announcedAt: nil, counted: 0, orphaned: 0, held: [])
        }
    }

    /// The ledgers once every running process has announced something after `start`.
    private func announcements(since start: Timestamp, of before: [JournalLedger]) async throws -> [JournalLedger] {
        let live = start.advanced(by: .zero - Self.liveness)
        let awaited = Set(
            before.filter { !$0.isFinal && $0.announcedAt.map { $0 >= live } ?? false }.map(\.journal))
        let deadline = start.advanced(by: Self.patience)
        while true {
            let ledgers = try await stats.journalLedgers()
            let late = ledgers.contains { awaited.contains($0.journal) && ($0.announcedAt.map { $0 < start } ?? true) }
            if !late || clock.now() >= deadline { return ledgers }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func readQueue() async throws -> QueueReading? {
        guard let queue else { return nil }
        let attributes = try await queue.queueAttributes()
        var reading = QueueReading(
            waiting: attributes.visibleMessages + attributes.delayedMessages, inFlight: attributes.inFlightMessages)
        if let dead = try await queue.deadLetterQueue(attributes)?.queueAttributes() {
            reading.dead = dead.visibleMessages + dead.inFlightMessages + dead.delayedMessages
        }
        return reading
    }

    /// Clicks of dead frames that are not counted, by journal.
    private func readDeadLetters(
        _ ledgers: [JournalLedger], _ reading: inout QueueReading?
    ) async throws -> [String: Int] {
        guard let queue, let dead = try await queue.deadLetterQueue(queue.queueAttributes()) else { return [:] }
        let known = Dictionary(ledgers.map { ($0.journal, $0) }) { first, _ in first }
        var frames: [FrameID: Int] = [:]
        var (unreadable, seen) = (0, 0)
        try await DeadLetterQueue(dead, of: queue).forEachBatch(limit: Self.deadLetterLimit) { letters in
            for letter in letters {
                seen += 1
                guard let content = letter.frames else {
                    unreadable += 1
                    continue
                }
                for frame in content where known[frame.id.journal]?.holds(frame.id.number) != true {
                    frames[frame.id] = frame.clicks.count
                }
            }
            return []
        }
        reading?.unreadableDeadLetters = unreadable
        // Those that are counted already stand for no missing frame.
        if seen < Self.deadLetterLimit { reading?.dead = unreadable + frames.count }
        reading?.areDeadLettersCut = seen >= Self.deadLetterLimit
        return Dictionary(frames.map { ($0.key.journal, $0.value) }, uniquingKeysWith: +)
    }
}

/// A journal in a data directory that no process uses, as its files say.
package struct LocalJournal: Sendable {
    package let journal: String
    package let account: JournalAccount

    package init(journal: String, account: JournalAccount) {
        self.journal = journal
        self.account = account
    }
}
