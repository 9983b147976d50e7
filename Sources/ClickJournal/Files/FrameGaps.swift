/// Frame numbers that are never handed out, as stretches in rising order that do not touch.
///
/// Only damage and refused frames make gaps. Beyond ``maximumStretches`` the earliest ones are let go of.
struct FrameGaps: Equatable, Sendable {
    /// Most stretches that are kept.
    static let maximumStretches = 1_000

    private(set) var stretches: [ClosedRange<UInt64>] = []

    init(_ stretches: [ClosedRange<UInt64>] = []) {
        for stretch in stretches { insert(stretch) }
    }

    /// The numbers between `first` and `last` that are none of `numbers`, which rise.
    static func between(_ numbers: [UInt64], from first: UInt64, through last: UInt64) -> FrameGaps {
        var gaps = FrameGaps()
        var next = first
        for number in numbers {
            if number > next { gaps.insert(next...(number - 1)) }
            next = number + 1
        }
        if next <= last { gaps.insert(next...last) }
        return gaps
    }

    /// Adds numbers, of which some may be there already.
    mutating func insert(_ added: ClosedRange<UInt64>) {
        // Those that overlap or touch the new one become part of it.
        let first = stretches.firstIndex { $0.upperBound + 1 >= added.lowerBound } ?? stretches.count
        let end = stretches[first...].firstIndex { $0.lowerBound > added.upperBound + 1 } ?? stretches.count
        let merged = stretches[first..<end].reduce(added) {
            min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
        }
        stretches.replaceSubrange(first..<end, with: [merged])
        if stretches.count > Self.maximumStretches { stretches.removeFirst() }
    }

    /// Adds the numbers of other gaps.
    func union(_ other: FrameGaps) -> FrameGaps {
        FrameGaps(stretches + other.stretches)
    }
}
