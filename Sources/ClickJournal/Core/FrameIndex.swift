/// A place in the journal: a byte of a segment.
struct JournalPosition: Equatable, Sendable {
    var segment: UInt64
    var offset: Int
}

/// Where a frame lies and what it holds.
struct FrameEntry: Equatable, Sendable {
    var number: UInt64
    /// The first byte of its first record.
    var start: JournalPosition
    /// The byte after its last record or seal. It lies in a later segment when a failing disk forced a new one.
    var end: JournalPosition
    var records: Int
    var payloadBytes: Int
    var openedAt: Int64
    var sealedAt: Int64
    /// Whether these may be the first records of a longer frame: no seal of the process that made the frame says
    /// otherwise, or damage took the last of them.
    ///
    /// Whoever adds up a partial frame takes from a longer one only the records behind as many. So a frame that damage
    /// took a record from in front of an intact one is not partial, although another copy may hold more of it: nothing
    /// is counted twice, and what damage took stays lost.
    var isPartial = true
}

/// The sealed frames that are not acknowledged, by rising number.
///
/// Bounded by the journal's size on disk, and in ordinary service by `maximumTimedFrames` plus the full frames that
/// `maximumBytes` can hold: some ten thousand entries.
struct FrameIndex: Sendable {
    private(set) var entries: [FrameEntry] = []
    /// Sum over the entries.
    private(set) var records = 0

    mutating func append(_ entry: FrameEntry) {
        entries.append(entry)
        records += entry.records
    }

    /// At most `limit` entries with `after < number <= through`.
    func entries(after: UInt64, through: UInt64, limit: Int) -> ArraySlice<FrameEntry> {
        entries[firstIndex(after: after)..<firstIndex(after: max(after, through))].prefix(max(0, limit))
    }

    /// The numbers between `first` and `last` that no entry has.
    func gaps(from first: UInt64, through last: UInt64) -> FrameGaps {
        FrameGaps.between(entries.map(\.number), from: first, through: last)
    }

    /// Forgets all frames up to `number` and returns how many records they held.
    mutating func remove(through number: UInt64) -> Int {
        let count = firstIndex(after: number)
        let before = records
        for entry in entries[..<count] { records -= entry.records }
        entries.removeFirst(count)
        return before - records
    }

    /// Corrects a frame that turned out to hold less than was written, and returns how many records are gone.
    mutating func correct(
        _ number: UInt64, records found: Int, payloadBytes foundBytes: Int, isPartial: Bool
    ) -> Int {
        let index = firstIndex(after: number - 1)
        guard index < entries.count, entries[index].number == number, entries[index].records > found else { return 0 }
        let lost = entries[index].records - found
        records -= lost
        entries[index].records = found
        entries[index].payloadBytes = foundBytes
        entries[index].isPartial = isPartial
        return lost
    }

    private func firstIndex(after number: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].number <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
