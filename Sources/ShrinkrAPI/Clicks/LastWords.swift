import ClickJournal
import ShrinkrBase

/// What the store was told of the journals in the folder, and of which of them it had counted more once: then it was put
/// back to an earlier state.
struct LastWords {
    /// How often a journal is announced to which nothing has changed: twice before others may take it for silent
    /// (``StatsController/replacement``).
    static let interval = Duration.seconds(5)
    /// How long a journal is kept of which the store has counted less than before, for somebody to put that right.
    static let patience = Duration.seconds(86_400)

    private var said: [JournalIdentity: (status: JournalStatus, at: Timestamp)] = [:]
    /// How many counted frames the store does not know any more, and since when.
    private var behind: [JournalIdentity: (frames: Int, since: Timestamp)] = [:]

    /// Records in segments of other journals that the store was told of.
    var foreignRecords: [JournalIdentity: Int] = [:]

    /// How many frames the store had counted and does not know any more.
    var framesBehind: Int { behind.values.reduce(0) { $0 + $1.frames } }

    /// Whether a journal of an earlier start is to be announced.
    func areDue(_ status: JournalStatus, at now: Timestamp) -> Bool {
        guard let last = said[status.identity], last.status == Self.comparable(status) else { return true }
        return now >= last.at.advanced(by: Self.interval) || now < last.at
    }

    /// Notes that the store was told of a journal.
    ///
    /// - Parameter counted: how many of its frames the store has counted.
    mutating func note(_ status: JournalStatus, counted: Int, at now: Timestamp) {
        let identity = status.identity
        said[identity] = (Self.comparable(status), now)
        let missing = Int(status.countedFrames) - counted
        // A clock may have been ahead.
        let since = min(behind[identity]?.since ?? status.behindSince.map(Timestamp.init(milliseconds:)) ?? now, now)
        behind[identity] = missing > 0 ? (missing, since) : nil
    }

    /// Whether the journal of an earlier start may be forgotten: the store was told that everything is with the queue.
    func areFinal(of status: JournalStatus, at now: Timestamp) -> Bool {
        guard status.isAcknowledged, said[status.identity]?.status == Self.comparable(status) else { return false }
        return behind[status.identity].map { now >= $0.since.advanced(by: Self.patience) } ?? true
    }

    mutating func forget(_ identity: JournalIdentity) {
        said[identity] = nil
        behind[identity] = nil
    }

    /// What the store is told of.
    private static func comparable(_ status: JournalStatus) -> JournalStatus {
        var status = status
        (status.countedFrames, status.behindSince) = (0, nil)
        return status
    }
}
