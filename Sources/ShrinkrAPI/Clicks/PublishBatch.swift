import ClickJournal
import ClickQueue

/// The messages of one batch on their way to the queue: what is sent next, and what became of each. Pure.
///
/// A queue may refuse a whole batch for one of its messages, so after a refusal frames go one by one, each in version 1. A
/// frame that is refused again and again though it is alone is given up: nothing would make the queue take it, and the
/// journal could forget nothing behind it.
struct PublishBatch {
    /// Refusals of a frame that was alone after which it is given up.
    static let maximumRefusals = 5

    /// What an attempt came to.
    struct Progress {
        var accepted: [PublishPiece] = []
        var givenUp: [SealedFrame] = []
        /// Frames that are to be sent again.
        var failed = 0
        /// Why, or why frames were given up; nil where everything was accepted.
        var reason: String?
    }

    private var pending: [PublishPiece]
    private var refusals: [UInt64: Int] = [:]
    private var goesAlone = false

    init(_ pieces: [PublishPiece]) {
        pending = pieces
    }

    /// Whether nothing is left to send.
    var isEmpty: Bool { pending.isEmpty }

    /// What is to be sent now.
    var next: [PublishPiece] { goesAlone ? Array(pending.prefix(1)) : pending }

    /// Notes what became of ``next``, message by message. What failed is sent again after what has not been sent yet.
    mutating func answered(_ outcomes: [SendOutcome]) -> Progress {
        let sent = next
        pending.removeFirst(sent.count)
        var progress = Progress()
        for (piece, outcome) in zip(sent, outcomes) {
            switch outcome {
            case .accepted:
                progress.accepted.append(piece)
            case .failed(let reason):
                progress.reason = reason
                pending.append(piece)
                progress.failed += piece.frames.count
            case .refused(let reason):
                progress.reason = reason
                refuse(piece, wasAlone: sent.count == 1, &progress)
                goesAlone = true
            }
        }
        return progress
    }

    private mutating func refuse(_ piece: PublishPiece, wasAlone: Bool, _ progress: inout Progress) {
        for frame in piece.frames {
            if piece.packed == nil, isGivenUp(frame, wasAlone: wasAlone) {
                progress.givenUp.append(frame)
            } else {
                pending.append(PublishPiece(frame))
                progress.failed += 1
            }
        }
    }

    private mutating func isGivenUp(_ frame: SealedFrame, wasAlone: Bool) -> Bool {
        if wasAlone { refusals[frame.number, default: 0] += 1 }
        return refusals[frame.number, default: 0] >= Self.maximumRefusals
    }
}
