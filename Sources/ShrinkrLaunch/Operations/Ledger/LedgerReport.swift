import ShrinkrBase
package import ShrinkrStore

/// The ledger of a running system: every redirect that was answered, and where its click is now.
///
/// Each line is the sum of the lines below it:
///
///     answered  = journaled + dropped + being journaled
///     journaled = lost + in the journal + published
///     published = counted + orphaned + dead-lettered + in the queue
///
/// What is measured at different places at different moments is arranged so that nothing is said to be missing that is
/// only on its way. What cannot be explained at all is a ``problems`` entry.
package struct LedgerReport: Sendable, Hashable {
    /// The terms, added up over all journals or for one of them.
    package struct Terms: Sendable, Hashable {
        package var answered = 0
        package var journaled = 0
        package var dropped = 0
        package var lost = 0
        package var inJournal = 0
        package var published = 0
        package var counted = 0
        package var orphaned = 0
        package var deadLettered = 0
        package var inQueue = 0

        /// Redirects whose click is just being written.
        package var beingJournaled: Int { answered - journaled - dropped }
        /// Clicks that are on their way to be counted.
        package var inFlight: Int { beingJournaled + inJournal + inQueue }

        static func += (left: inout Terms, right: Terms) {
            left.answered += right.answered
            left.journaled += right.journaled
            left.dropped += right.dropped
            left.lost += right.lost
            left.inJournal += right.inJournal
            left.published += right.published
            left.counted += right.counted
            left.orphaned += right.orphaned
            left.deadLettered += right.deadLettered
            left.inQueue += right.inQueue
        }
    }

    /// One journal's part.
    package struct Journal: Sendable, Hashable {
        package let name: String
        package let terms: Terms
        /// Frames that were published and are not counted.
        package let missingFrames: FrameRanges
        /// Whether the journal's own numbers are of before the counts, so that these may be ahead of them.
        package let isBehind: Bool
    }

    package private(set) var terms = Terms()
    package private(set) var journals: [Journal] = []
    /// What cannot be explained, in sentences. Without any the ledger adds up.
    package private(set) var problems: [String] = []
    /// The newest version of frames that each worker says it reads; nil where nobody asked.
    package private(set) var workerVersions: [Int]?
    /// What limits the statement, in sentences.
    package private(set) var notes: [String] = []

    /// - Parameters:
    ///   - readings: one per journal.
    ///   - queue: the messages of the click queue; nil for the embedded queue, which keeps none.
    ///   - deadLetters: clicks of dead frames, by journal.
    ///   - workerVersions: the newest version of frames that each worker says it reads; nil where nobody asked.
    package init(
        _ readings: [LedgerReading], queue: QueueReading?, deadLetters: [String: Int] = [:],
        workerVersions: [Int]? = nil
    ) {
        for reading in readings { add(reading, deadLettered: deadLetters[reading.journal] ?? 0) }
        checkFrames(queue)
        self.workerVersions = workerVersions
        if let queue, queue.unreadableDeadLetters > 0 {
            notes.append("\(queue.unreadableDeadLetters) dead letters are no click frames; see 'dead-letters list'.")
        }
        if let queue, queue.areDeadLettersCut {
            notes.append("There are more dead letters than were looked at; the rest shows as in the queue.")
        }
    }

    private mutating func add(_ reading: LedgerReading, deadLettered: Int) {
        let settled = reading.counted + reading.orphaned + deadLettered
        let account = reading.account ?? JournalAccount(answered: 0, recorded: 0, published: 0, publishedThrough: 0)
        var terms = Terms()
        terms.counted = reading.counted
        terms.orphaned = reading.orphaned
        terms.deadLettered = deadLettered
        terms.journaled = account.recorded
        if settled > account.recorded, !reading.isExact {
            // The journal went on after its last words.
            terms.journaled = settled
            notes.append(
                reading.isAnnounced ? Self.isBehind(reading, by: settled - account.recorded) : Self.isSilent(reading))
        } else if settled > account.recorded {
            problems.append(
                "Journal \(reading.journal) holds \(account.recorded) clicks, but \(settled) of it are counted, "
                    + "orphaned or dead.")
        }
        terms.dropped = account.dropped
        terms.answered = max(account.answered, terms.journaled + account.dropped)
        terms.lost = min(account.lost, max(0, terms.journaled - settled))
        terms.published = min(max(account.published, settled), max(settled, terms.journaled - terms.lost))
        terms.inJournal = max(0, terms.journaled - terms.lost - terms.published)
        terms.inQueue = terms.published - settled
        if !account.isComplete {
            notes.append("Journal \(reading.journal) has lost its totals; it is counted from then on.")
        }
        self.terms += terms
        journals.append(
            Journal(
                name: reading.journal, terms: terms, missingFrames: reading.missingFrames, isBehind: !reading.isExact))
    }

    /// Every published frame is counted, or in the queue, or dead.
    private mutating func checkFrames(_ queue: QueueReading?) {
        let missing = journals.reduce(0) { $0 + $1.missingFrames.count }
        let messages = queue?.messages ?? 0
        guard missing > messages else { return }
        let places = queue == nil ? "the embedded queue keeps none" : "the queues hold \(messages) messages"
        problems.append(
            "\(missing) published frames are not counted, but \(places). Where the database was put back to a state from "
                + "before, put back the one that belongs to the journal.")
    }

    private static func isBehind(_ reading: LedgerReading, by clicks: Int) -> String {
        let time = reading.announcedAt.map { " since \($0.rfc3339)" } ?? ""
        return "Journal \(reading.journal) has been silent\(time); \(clicks) clicks that it took in later are counted."
    }

    private static func isSilent(_ reading: LedgerReading) -> String {
        "Journal \(reading.journal) never said how many clicks it took in."
    }
}
