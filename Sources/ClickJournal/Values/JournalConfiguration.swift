/// The limits of a journal. The defaults fit one frame into one SQS message (256 KiB).
package struct JournalConfiguration: Sendable, Equatable {
    /// The longest record `append` takes, in bytes.
    package var maximumRecordBytes = 8 << 10
    /// The most a frame holds, in bytes of payload plus ``recordOverheadBytes`` for each record.
    package var maximumFrameBytes = 200 << 10
    /// What the wire format adds to a record in a frame (the comma between JSON objects).
    package var recordOverheadBytes = 1
    /// The most records a frame holds.
    package var maximumFrameRecords = 2_000
    /// The age of its first record at which `sealIfDue` seals a frame.
    package var sealInterval: Duration = .seconds(1)
    /// `sealIfDue` stops sealing by age while this many frames wait for acknowledgement: frames then fill up, so a long
    /// outage costs neither memory nor, later, a message per second of it.
    package var maximumTimedFrames = 4_096
    /// The size past which a segment is left for a new one at the next frame boundary.
    package var segmentBytes = 8 << 20
    /// The most all segments together hold on disk before records are dropped as `full`.
    package var maximumBytes = 1 << 30
    /// The most the `damaged` folder holds; damage past it is counted but not copied.
    package var maximumSetAsideBytes = 64 << 20

    /// Most journals of earlier starts that are open at once: each takes three file descriptors.
    package static let maximumOpenLives = 16

    /// Files that may be open while the largest journal is recovered, with some for everything else in the process.
    var maximumOpenFiles: Int {
        min(65_536, maximumBytes / segmentBytes + 3 * (Self.maximumOpenLives + 2) + 256)
    }

    /// The default limits.
    package init() {}

    /// Throws ``JournalError/invalidConfiguration(_:)`` naming the first limit that cannot work.
    func validate() throws(JournalError) {
        let bound = RecordFormat.maximumPayloadBytes
        try require((1...bound).contains(maximumRecordBytes), "maximumRecordBytes must lie between 1 and \(bound)")
        try require(recordOverheadBytes >= 0, "recordOverheadBytes must not be negative")
        try require(
            maximumFrameBytes >= maximumRecordBytes + recordOverheadBytes,
            "maximumFrameBytes must hold at least one record of maximumRecordBytes")
        try require(maximumFrameRecords >= 1, "maximumFrameRecords must be at least 1")
        try require(sealInterval >= .zero, "sealInterval must not be negative")
        try require(maximumTimedFrames >= 1, "maximumTimedFrames must be at least 1")
        try require(segmentBytes > SegmentHeader.byteCount, "segmentBytes must exceed \(SegmentHeader.byteCount)")
        try require(
            maximumBytes / 2 >= segmentBytes,
            "maximumBytes must hold at least two segments of segmentBytes, or acknowledging could free nothing")
        try require(maximumSetAsideBytes >= 0, "maximumSetAsideBytes must not be negative")
    }

    private func require(_ condition: Bool, _ message: String) throws(JournalError) {
        guard condition else { throw .invalidConfiguration(message) }
    }
}
