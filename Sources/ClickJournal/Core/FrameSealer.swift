/// Decides where frames end. Pure: it holds the open frame's numbers and touches neither disk nor clock.
struct FrameSealer: Equatable, Sendable {
    struct Limits: Equatable, Sendable {
        var frameBytes: Int
        var recordOverheadBytes: Int
        var frameRecords: Int
        var sealIntervalMilliseconds: Int64
    }

    let limits: Limits
    /// The open frame's number.
    private(set) var number: UInt64
    /// Records in the open frame.
    private(set) var records = 0
    /// Their payload, in bytes.
    private(set) var payloadBytes = 0
    /// Unix time in milliseconds of its first record; meaningless while it is empty.
    private(set) var openedAt: Int64 = 0
    /// Whether an earlier process began the open frame.
    private(set) var isInherited = false
    /// See ``FrameEntry/isPartial``.
    private(set) var isPartial = false

    init(limits: Limits, number: UInt64) {
        self.limits = limits
        self.number = number
    }

    var isEmpty: Bool { records == 0 }

    /// Whether the open frame has to be sealed before a record of `count` bytes may follow.
    func mustSeal(before count: Int) -> Bool {
        guard !isEmpty else { return false }
        let bytes = payloadBytes + count + limits.recordOverheadBytes * (records + 1)
        return records >= limits.frameRecords || bytes > limits.frameBytes
    }

    /// Whether the open frame is old enough to be sealed.
    func isDue(at now: Int64) -> Bool { rest(at: now) == 0 }

    /// Milliseconds until the open frame is old enough to be sealed, 0 once it is; nil while it is empty. A clock that
    /// was set back counts as old enough, so that no frame waits for it to catch up.
    func rest(at now: Int64) -> Int64? {
        guard !isEmpty else { return nil }
        return now < openedAt ? 0 : max(0, limits.sealIntervalMilliseconds - (now - openedAt))
    }

    /// Takes a record into the open frame; `now` is only read for the first one.
    mutating func add(_ count: Int, at now: @autoclosure () -> Int64) {
        if isEmpty { openedAt = now() }
        records += 1
        payloadBytes += count
    }

    /// Takes over the open frame that a crash left behind.
    mutating func resume(records: Int, payloadBytes: Int, openedAt: Int64, isPartial: Bool = true) {
        self.records = records
        self.payloadBytes = payloadBytes
        self.openedAt = openedAt
        isInherited = true
        self.isPartial = isPartial
    }

    /// Ends the open frame and begins the next.
    mutating func advance() {
        number += 1
        records = 0
        payloadBytes = 0
        isInherited = false
        isPartial = false
    }
}

extension FrameSealer.Limits {
    init(_ configuration: JournalConfiguration) {
        let (seconds, attoseconds) = configuration.sealInterval.components
        self.init(
            frameBytes: configuration.maximumFrameBytes,
            recordOverheadBytes: configuration.recordOverheadBytes,
            frameRecords: configuration.maximumFrameRecords,
            sealIntervalMilliseconds: seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        )
    }
}
