import ClickJournal
import ClickQueue
import ShrinkrCore

/// What one message holds: a frame in version 1, or frames of one journal in version 2.
struct PublishPiece: Sendable {
    /// Most frames in a message in version 2. So many full ones of the journal come to some 200 KiB in it.
    static let packedFrames = 6

    let frames: [SealedFrame]
    /// The message in version 2; nil for version 1.
    let packed: [UInt8]?
    /// Whether the queue has had the frame before, in version 2.
    let isAgain: Bool

    /// A frame in version 1.
    init(_ frame: SealedFrame, isAgain: Bool = false) {
        frames = [frame]
        packed = nil
        self.isAgain = isAgain
    }

    private init(_ frames: ArraySlice<SealedFrame>, packed: [UInt8]) {
        self.frames = Array(frames)
        self.packed = packed
        isAgain = false
    }

    /// How many clicks the message has.
    var clicks: Int { frames.reduce(0) { $0 + $1.records.count } }

    /// Frames in version 2, as few messages as hold them.
    ///
    /// - Parameter frames: of one journal, in order.
    static func packing(_ frames: [SealedFrame]) -> [PublishPiece] {
        stride(from: 0, to: frames.count, by: packedFrames).flatMap { start in
            pack(frames[start..<min(frames.count, start + packedFrames)])
        }
    }

    private static func pack(_ frames: ArraySlice<SealedFrame>) -> [PublishPiece] {
        let message = FrameMessage(frames.map { (id: $0.id, records: $0.records, isPartial: $0.isPartial) })
        if let packed = message?.packed(), packed.count <= ClickLimits.frameBytes {
            return [PublishPiece(frames, packed: packed)]
        }
        // Nobody says that these clicks are ones that can be packed, or share anything.
        guard frames.count > 1 else { return frames.map { PublishPiece($0) } }
        let middle = frames.startIndex + frames.count / 2
        return pack(frames[..<middle]) + pack(frames[middle...])
    }

    /// The message, under the name of its first frame.
    var outgoing: OutgoingFrame { OutgoingFrame(id: frames[0].id, body: packed ?? frames[0].body) }
}

extension SealedFrame {
    /// The frame's name for the ledger.
    var id: FrameID { FrameID(journal: journal.description, number: Int64(number)) }

    /// The frame in version 1.
    var body: [UInt8] { ClickFrame.encode(id: id, clicks: records, isPartial: isPartial) }
}
