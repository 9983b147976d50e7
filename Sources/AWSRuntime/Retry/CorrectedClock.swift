import Synchronization

/// The wall clock as AWS sees it: ours plus the offset learned from a `Date` header.
///
/// One for all services of a client: it is our clock that is wrong, not theirs.
package final class CorrectedClock: Sendable {
    /// AWS accepts signatures within five minutes; smaller differences need no correction.
    static let tolerance: Int64 = 240

    private let systemTime: @Sendable () -> UTCTime
    private let offset = Atomic<Int64>(0)

    package init(_ systemTime: @escaping @Sendable () -> UTCTime) {
        self.systemTime = systemTime
    }

    /// Our time, corrected.
    package var now: UTCTime {
        systemTime().adding(seconds: offset.load(ordering: .relaxed))
    }

    /// Learns from a server's time.
    ///
    /// - Parameter signedAt: The time that went into the refused signature. Another call may have corrected the clock
    ///   since; then this one only needs to sign again.
    /// - Returns: Whether the server's time is far from the one signed with.
    func learn(_ serverTime: UTCTime?, signedAt: UTCTime) -> Bool {
        guard let serverTime, Self.differ(serverTime, signedAt) else { return false }
        if Self.differ(serverTime, now) {
            let difference = serverTime.secondsSinceEpoch - systemTime().secondsSinceEpoch
            offset.store(difference, ordering: .relaxed)
        }
        return true
    }

    private static func differ(_ one: UTCTime, _ other: UTCTime) -> Bool {
        abs(one.secondsSinceEpoch - other.secondsSinceEpoch) > tolerance
    }
}
