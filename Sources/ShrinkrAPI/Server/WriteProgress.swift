import NIOCore

/// How fast bytes that wait for a client have been leaving, and when it has been too slow.
struct WriteProgress {
    /// Bytes a second that have to leave on average once bytes have waited for the timeout. The slowest mobile networks in
    /// use carry several times that; ASP.NET Core's server asks for 240.
    static let minimumRate = 1_024

    /// How many bytes wait now.
    private(set) var pendingBytes = 0
    private var lastProgress = NIODeadline.distantPast
    /// Since when something has been waiting all the time, and how many bytes have left since.
    private var waitingSince = NIODeadline.distantPast
    private var sentBytes = 0

    /// Bytes begin to wait.
    mutating func begin(pending: Int, at now: NIODeadline) {
        (pendingBytes, lastProgress, waitingSince, sentBytes) = (pending, now, now, 0)
    }

    /// Nobody has written since the last call, so what is missing has left.
    mutating func saw(pending: Int, at now: NIODeadline) {
        if pending < pendingBytes {
            lastProgress = now
            sentBytes += pendingBytes - pending
        }
        pendingBytes = pending
    }

    /// Somebody has written.
    mutating func added(pending: Int) { pendingBytes = pending }

    /// When it will have been too slow unless more bytes leave: none for as long as `timeout`, or all in all fewer than
    /// ``minimumRate`` in the time beyond `timeout`.
    func end(timeout: TimeAmount) -> NIODeadline {
        let earned = TimeAmount.nanoseconds(Int64(sentBytes) * (1_000_000_000 / Int64(Self.minimumRate)))
        return min(lastProgress, waitingSince + earned) + timeout
    }
}
