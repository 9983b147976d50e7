package import ShrinkrBase

/// The frames of a journal as one process has them: its own, or in files that an earlier one left. Another process may have
/// more of the same journal, or less, in a copy of the files.
package struct JournalExtent: Hashable, Sendable {
    package let journal: String
    /// The last frame; 0 where there is none.
    package let frame: Int64
    /// How many clicks those frames hold that may be only the beginning of longer ones.
    package let partialFrames: [Int64: Int]

    package init(journal: String, frame: Int64, partialFrames: [Int64: Int] = [:]) {
        self.journal = journal
        self.frame = frame
        self.partialFrames = partialFrames
    }
}

/// How much of a journal the ledger holds.
package struct LedgerExtent: Hashable, Sendable {
    /// The last of the frames 1, 2, 3 … that are all counted, be it only their beginning; 0 where the first is not.
    package let frame: Int64
    /// How many clicks are counted of those frames that may be longer.
    package let partialFrames: [Int64: Int]

    package init(frame: Int64, partialFrames: [Int64: Int] = [:]) {
        self.frame = frame
        self.partialFrames = partialFrames
    }

    /// Whether every click is counted of what a process has. A frame that it has as a whole must be counted as a whole.
    package func covers(_ extent: JournalExtent) -> Bool {
        frame >= extent.frame
            && partialFrames.allSatisfy { number, counted in
                number > extent.frame || counted >= extent.partialFrames[number] ?? .max
            }
    }
}

/// A statement of a process about its journal, or about one that an earlier process left to it: every click answered before
/// `time` is in the frames of `extent`.
///
/// The store keeps one open statement per journal and holder until the ledger holds all of its frames; then everything
/// before `time` is counted, and the next statement takes its place. So the time up to which numbers are complete moves on
/// however many frames are under way.
package struct JournalAnnouncement: Hashable, Sendable {
    package let extent: JournalExtent
    /// The journal of the process that speaks. Two that hold copies of the same journal speak for themselves alone.
    package let holder: String
    package let time: Timestamp
    /// Whether nothing will be added to the journal by this holder: its process is going away with nothing left to send, or
    /// did so long ago.
    package let isLast: Bool
    /// What the journal says of itself at the same moment.
    package let account: JournalAccount?

    package var journal: String { extent.journal }
    package var frame: Int64 { extent.frame }
    /// Whether the journal's own process speaks.
    package var isOwn: Bool { holder.utf8.elementsEqual(journal.utf8) }

    /// - Parameter holder: nil for the journal's own process.
    package init(
        extent: JournalExtent, holder: String? = nil, time: Timestamp, isLast: Bool = false,
        account: JournalAccount? = nil
    ) {
        self.extent = extent
        self.holder = holder ?? extent.journal
        self.time = time
        self.isLast = isLast
        self.account = account
    }
}

extension JournalExtent {
    /// How many clicks the partial frames hold, in the form in which databases keep it: `7:12,9:1`.
    package var partialText: String {
        partialFrames.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }

    /// An extent as a database keeps it.
    package init(journal: String, frame: Int64, partialText: String) {
        let frames = partialText.utf8.split(separator: UInt8(ascii: ",")).compactMap { pair -> (Int64, Int)? in
            let numbers = pair.split(separator: UInt8(ascii: ":")).compactMap { Int64(Substring($0)) }
            return numbers.count == 2 ? (numbers[0], Int(numbers[1])) : nil
        }
        self.init(journal: journal, frame: frame, partialFrames: Dictionary(frames) { first, _ in first })
    }
}
