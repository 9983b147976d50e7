import ClickQueue
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrWorker

@Suite("The flush window")
struct FlushWindowTests {
    private var policy: FlushPolicy {
        var policy = FlushPolicy()
        policy.interval = .seconds(30)
        policy.maximumFrames = 10
        policy.maximumClicks = 100
        policy.maximumBytes = 1_000
        policy.maximumKeys = 50
        policy.maximumAttempts = 3
        policy.visibilityTimeout = .seconds(120)
        return policy
    }

    /// A window whose store has shown that it works.
    private var window: FlushWindow {
        var window = FlushWindow(policy: policy)
        window.probed(isWorking: true, at: .zero)
        return window
    }

    /// - Parameter link: one of its own, if nil.
    private func frame(
        _ number: Int64, link: String? = nil, clicks: Int = 1, bytes: Int = 1, keys: Int = 0, visibleAgain: Int = 120
    ) -> HeldFrame {
        let buckets = (0..<keys).map { (TimeBucket(index: Int64($0)), Tally(people: 1)) }
        let counts = LinkCounts(buckets: Dictionary(uniqueKeysWithValues: buckets))
        let code = ShortCode(link ?? "a\(number)").map { [$0: counts] } ?? [:]
        return HeldFrame(
            frames: [
                CountedFrame(
                    id: FrameID(journal: "j", number: number), counts: code, clicks: clicks, countsBehind: { _ in [:] })
            ],
            receipt: receipt(number), bytes: bytes, visibleAgain: .seconds(visibleAgain))
    }

    private func receipt(_ number: Int64) -> MessageReceipt {
        MessageReceipt(handle: "\(number)")
    }

    @Test("wakes others only where a frame changes what they wait for")
    func wakes() {
        let locked = LockedFlushWindow(policy: policy)
        locked.update { $0.probed(isWorking: true, at: .zero) }
        func wakes(_ frame: HeldFrame, at second: Int) -> Bool {
            let before = locked.changed.generation
            locked.hold(frame, at: .seconds(second))
            return locked.changed.generation != before
        }
        #expect(wakes(frame(1), at: 0), "from now on there is something to flush")
        #expect(!wakes(frame(2, visibleAgain: 130), at: 5))
        #expect(wakes(frame(3, visibleAgain: 90), at: 6), "its message is the first to come back")
        #expect(!wakes(frame(4, visibleAgain: 140), at: 7))
        #expect(wakes(frame(5, clicks: 99, visibleAgain: 150), at: 8), "the window is full")
    }

    @Test("takes nothing before the store has shown that it works")
    func start() {
        var window = FlushWindow(policy: policy)
        #expect(!window.hasRoom)
        #expect(window.next(at: .zero) == .probe)
        window.probed(isWorking: false, at: .zero)
        #expect(window.next(at: .zero) == .wait(until: .seconds(1)))
        #expect(window.next(at: .seconds(1)) == .probe)
        window.probed(isWorking: true, at: .seconds(1))
        #expect(window.hasRoom)
        #expect(window.next(at: .seconds(1)) == .wait(until: nil))
    }

    @Test("flushes when the interval since the first frame has passed")
    func interval() {
        var window = window
        window.hold(frame(1), at: .seconds(5))
        window.hold(frame(2), at: .seconds(34))
        #expect(window.next(at: .seconds(34)) == .wait(until: .seconds(35)))
        #expect(window.next(at: .seconds(35)) == .flush)
        #expect(window.beginFlush().map(\.id.number) == [1, 2])
        #expect(window.heldFrames == 2)
        #expect(window.flushSucceeded() == [receipt(1), receipt(2)])
        #expect(window.heldFrames == 0)
        #expect(window.next(at: .seconds(36)) == .wait(until: nil))
    }

    @Test(
        "flushes at once when a limit is reached, and takes no more meanwhile",
        arguments: ["frames", "clicks", "bytes", "keys"])
    func limits(_ limit: String) {
        var window = window
        switch limit {
        case "frames": for number in 1...9 { window.hold(frame(Int64(number)), at: .zero) }
        case "clicks": window.hold(frame(1, clicks: 99), at: .zero)
        case "bytes": window.hold(frame(1, bytes: 999), at: .zero)
        default: window.hold(frame(1, keys: 49), at: .zero)
        }
        #expect(window.hasRoom)
        #expect(window.next(at: .zero) == .wait(until: .seconds(30)))
        window.hold(frame(10, keys: 11), at: .zero)
        #expect(!window.hasRoom)
        #expect(window.next(at: .zero) == .flush)
        _ = window.beginFlush()
        #expect(window.hasRoom, "the next window collects while this one is flushed")
    }

    @Test("takes counters that frames share for one")
    func sharedKeys() {
        var window = window
        for number in 1...9 { window.hold(frame(Int64(number), link: "same", keys: 49), at: .zero) }
        #expect(window.next(at: .zero) == .wait(until: .seconds(30)))
        window.hold(frame(10, link: "another", keys: 11), at: .zero)
        #expect(window.next(at: .zero) == .flush)
    }

    @Test("keeps the frames of a failed flush, in front of later ones, and pauses longer each time")
    func failure() {
        var window = window
        window.hold(frame(1), at: .zero)
        _ = window.beginFlush()
        window.hold(frame(2), at: .seconds(40))
        #expect(window.flushFailed(at: .seconds(50)).isEmpty)
        #expect(window.next(at: .seconds(50)) == .wait(until: .seconds(51)), "the first frame has waited long enough")
        #expect(window.next(at: .seconds(51)) == .flush)
        #expect(window.beginFlush().map(\.id.number) == [1, 2])
        #expect(window.flushFailed(at: .seconds(60)).isEmpty)
        #expect(window.next(at: .seconds(61)) == .wait(until: .seconds(62)))
        _ = window.beginFlush()
        #expect(window.flushSucceeded() == [receipt(1), receipt(2)])
        window.hold(frame(3), at: .seconds(70))
        #expect(window.next(at: .seconds(99)) == .wait(until: .seconds(100)), "a success ends the pauses")
    }

    @Test("gives frames back after the last attempt, and asks the store before it takes more")
    func lastAttempt() {
        var window = window
        window.hold(frame(1), at: .zero)
        var released: [MessageReceipt] = []
        for attempt in 1...3 {
            #expect(released.isEmpty)
            _ = window.beginFlush()
            if attempt == 3 { window.hold(frame(2), at: .seconds(9)) }
            released = window.flushFailed(at: .seconds(10))
        }
        #expect(released == [receipt(1), receipt(2)])
        #expect(window.heldFrames == 0)
        #expect(!window.hasRoom)
        #expect(window.next(at: .seconds(10)) == .wait(until: .seconds(14)))
        #expect(window.next(at: .seconds(14)) == .probe)
        window.probed(isWorking: true, at: .seconds(14))
        #expect(window.hasRoom)
        window.hold(frame(3), at: .seconds(15))
        #expect(!window.hasRoom, "a few frames are to show that it really works")
        #expect(window.next(at: .seconds(15)) == .flush, "at once")
        _ = window.beginFlush()
        #expect(window.flushFailed(at: .seconds(16)).isEmpty, "attempts are counted anew")
        #expect(!window.hasRoom)
        _ = window.beginFlush()
        _ = window.flushSucceeded()
        window.hold(frame(4), at: .seconds(20))
        #expect(window.hasRoom)
        #expect(window.next(at: .seconds(20)) == .wait(until: .seconds(50)))
    }

    @Test("flushes ever fewer frames until it knows the one that the store refuses, and then more and more again")
    func refusal() {
        var window = window
        for number in 1...9 { window.hold(frame(Int64(number)), at: .zero) }
        var flushes: [[Int64]] = []
        var refused: [Int64] = []
        while window.next(at: .seconds(30)) == .flush {
            let numbers = window.beginFlush().map(\.id.number)
            flushes.append(numbers)
            if numbers.contains(3) {
                if let held = window.flushRefused(at: .seconds(30)) { refused.append(held.frames[0].id.number) }
            } else {
                #expect(window.flushSucceeded() == numbers.map(receipt))
            }
        }
        #expect(refused == [3])
        #expect(
            flushes == [Array(1...9), [1, 2, 3, 4], [1, 2], [3, 4, 5, 6], [3, 4], [3], [4], [5, 6], [7, 8, 9]])
        #expect(window.heldFrames == 0)
        for number in 11...15 { window.hold(frame(Int64(number)), at: .seconds(40)) }
        #expect(window.next(at: .seconds(69)) == .wait(until: .seconds(70)))
        #expect(window.beginFlush().count == 5, "all at once again")
    }

    @Test("drains with a frame that the store refuses")
    func refusalWhileDraining() {
        var window = window
        for number in 1...2 { window.hold(frame(Int64(number)), at: .zero) }
        window.drain(at: .zero)
        _ = window.beginFlush()
        let first = window.flushRefused(at: .zero)
        #expect(first?.receipt == nil)
        #expect(window.next(at: .zero) == .flush)
        _ = window.beginFlush()
        #expect(window.flushRefused(at: .zero)?.receipt == receipt(1))
        _ = window.beginFlush()
        #expect(window.flushSucceeded() == [receipt(2)])
        #expect(window.isFinished)
    }

    @Test("flushes without waiting when it drains, and finishes when nothing is held")
    func drain() {
        var window = window
        window.hold(frame(1), at: .zero)
        window.drain(at: .seconds(1))
        #expect(!window.hasRoom)
        #expect(!window.isFinished)
        #expect(window.next(at: .seconds(1)) == .flush)
        _ = window.beginFlush()
        #expect(!window.isFinished, "the flush may fail")
        for _ in 0..<10 {
            #expect(window.flushFailed(at: .seconds(2)).isEmpty, "the drain deadline decides, not the attempts")
            _ = window.beginFlush()
        }
        _ = window.flushSucceeded()
        #expect(window.isFinished)
        #expect(window.next(at: .seconds(2)) == .finished)
    }

    @Test("drains at once, whatever pause there was")
    func drainDuringPause() {
        var window = window
        window.hold(frame(1), at: .zero)
        _ = window.beginFlush()
        _ = window.flushFailed(at: .zero)
        window.drain(at: .milliseconds(10))
        #expect(window.next(at: .milliseconds(10)) == .flush)
    }

    @Test("lets go of everything when it is abandoned, even during a flush")
    func abandon() {
        var window = window
        window.hold(frame(1), at: .zero)
        _ = window.beginFlush()
        window.hold(frame(2), at: .zero)
        window.drain(at: .zero)
        #expect(window.abandon() == [receipt(1), receipt(2)])
        #expect(window.isFinished)
        #expect(window.flushSucceeded().isEmpty, "a flush that ends late deletes nothing")
    }

    @Test("has messages hidden for longer when a third of their time is left, those being flushed included")
    func visibility() {
        var window = window
        #expect(window.nextExtension == nil)
        window.hold(frame(1, visibleAgain: 120), at: .zero)
        window.hold(frame(2, visibleAgain: 150), at: .seconds(30))
        _ = window.beginFlush()
        window.hold(frame(3, visibleAgain: 170), at: .seconds(50))
        #expect(window.nextExtension == .seconds(80))
        #expect(window.receiptsToExtend(at: .seconds(79)).isEmpty)
        #expect(window.receiptsToExtend(at: .seconds(80)) == [receipt(1)])
        #expect(window.nextExtension == .seconds(110))
        #expect(window.receiptsToExtend(at: .seconds(130)) == [receipt(2), receipt(3)])
        #expect(window.nextExtension == .seconds(160), "the first message is hidden until 200")
        _ = window.flushSucceeded()
        #expect(window.nextExtension == .seconds(210))
    }

    @Test("retries after pauses that double up to a limit")
    func retryDelay() {
        let policy = FlushPolicy()
        #expect((1...8).map(policy.retryDelay) == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(policy.retryDelay(afterFailures: 1_000_000) == .seconds(60))
    }
}
