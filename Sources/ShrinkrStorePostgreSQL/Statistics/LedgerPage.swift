#if PostgreSQL
import ShrinkrCore
import ShrinkrStore

/// What the ledger holds of one journal near the frames that are to be entered, and what entering them changes. Pure.
struct LedgerPage: Sendable {
    /// The ranges as they are in the database: last frame by first.
    private let stored: [Int64: Int64]
    private let storedPartials: [Int64: Int]
    /// Frames that are counted, as ranges in order that do not touch.
    private(set) var ranges: [ClosedRange<Int64>]
    /// Clicks that are counted of frames that may be longer.
    private(set) var partialFrames: [Int64: Int]

    /// - Parameters:
    ///   - ranges: those that hold or touch one of the frames, in order.
    ///   - partialFrames: all of the journal.
    init(ranges: [ClosedRange<Int64>], partialFrames: [Int64: Int]) {
        stored = Dictionary(ranges.map { ($0.lowerBound, $0.upperBound) }) { first, _ in first }
        storedPartials = partialFrames
        self.ranges = ranges
        self.partialFrames = partialFrames
    }

    /// Enters a frame, and returns what of it is to be counted; nil where all of it was there already.
    mutating func enter(_ frame: CountedFrame) -> CountedFrame? {
        let number = frame.id.number
        if enter(number) {
            if frame.isPartial { partialFrames[number] = frame.clicks }
            return frame
        }
        guard let known = partialFrames[number] else { return nil }
        guard frame.isPartial else {
            partialFrames[number] = nil
            return frame.clicks > known ? frame.behind(known) : nil
        }
        guard frame.clicks > known else { return nil }
        partialFrames[number] = frame.clicks
        return frame.behind(known)
    }

    /// Enters a frame's number; false where it was there already.
    private mutating func enter(_ number: Int64) -> Bool {
        // The ranges before this place begin with the frame or earlier.
        let place = ranges.partitioningIndex { $0.lowerBound > number }
        var (first, last) = (number, number)
        var replaced = place..<place
        if place > 0, ranges[place - 1].upperBound >= number - 1 {
            if ranges[place - 1].upperBound >= number { return false }
            first = ranges[place - 1].lowerBound
            replaced = place - 1..<place
        }
        if place < ranges.count, ranges[place].lowerBound - 1 == number {
            last = ranges[place].upperBound
            replaced = replaced.lowerBound..<place + 1
        }
        ranges.replaceSubrange(replaced, with: CollectionOfOne(first...last))
        return true
    }

    /// The first frames of ranges that are no more.
    var removedRanges: [Int64] {
        let firsts = Set(ranges.map(\.lowerBound))
        return stored.keys.filter { !firsts.contains($0) }
    }

    /// Ranges that are new or longer.
    var changedRanges: [ClosedRange<Int64>] { ranges.filter { stored[$0.lowerBound] != $0.upperBound } }

    /// Partial frames that are counted as a whole now.
    var completedFrames: [Int64] { storedPartials.keys.filter { partialFrames[$0] == nil } }

    /// Partial frames that are new or longer.
    var changedPartials: [Int64: Int] { partialFrames.filter { storedPartials[$0.key] != $0.value } }
}

extension Array {
    /// The place of the first element for which `predicate` holds, where it holds for all behind it.
    fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
#endif
