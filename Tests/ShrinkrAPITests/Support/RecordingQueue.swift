import ClickQueue
import CoreTestSupport
import FoundationEssentials
import ShrinkrCore
import Synchronization

/// A click queue that remembers everything it was sent, and refuses what the test wants refused.
final class RecordingQueue: ClickQueueSender {
    /// Decides on one frame; the second argument counts from 1 how often this frame was sent.
    typealias Judge = @Sendable (OutgoingFrame, Int) async -> SendOutcome

    private struct State {
        var judge: Judge
        var sent: [OutgoingFrame] = []
        var accepted: [OutgoingFrame] = []
        var attempts: [FrameID: Int] = [:]
    }

    private let state: Mutex<State>

    init(judge: @escaping Judge = RecordingQueue.acceptAll) {
        state = Mutex(State(judge: judge))
    }

    static let acceptAll: Judge = { _, _ in .accepted }
    static let refuseAll: Judge = { _, _ in .failed(reason: "the test wants it so") }

    /// Every frame of every attempt, in order.
    var sent: [OutgoingFrame] { state.withLock { $0.sent } }
    /// The frames that were taken, in order.
    var accepted: [OutgoingFrame] { state.withLock { $0.accepted } }

    func judge(by judge: @escaping Judge) {
        state.withLock { $0.judge = judge }
    }

    /// The clicks in all frames that were taken, as the worker would read them.
    func clicks() throws -> [Click] {
        try accepted.flatMap { try FrameMessage(wire: $0.body).clickFrames.flatMap(\.clicks) }
    }

    func send(_ frames: [OutgoingFrame]) async -> [SendOutcome] {
        var outcomes: [SendOutcome] = []
        for frame in frames {
            let (judge, attempt) = state.withLock { state in
                state.sent.append(frame)
                state.attempts[frame.id, default: 0] += 1
                return (state.judge, state.attempts[frame.id] ?? 0)
            }
            let outcome = await judge(frame, attempt)
            if outcome == .accepted { state.withLock { $0.accepted.append(frame) } }
            outcomes.append(outcome)
        }
        return outcomes
    }
}
