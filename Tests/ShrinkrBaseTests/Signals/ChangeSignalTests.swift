import ClickQueue
import ShrinkrBase
import Testing

@Suite("A pulse", .timeLimit(.minutes(5)))
struct ChangeSignalTests {
    @Test("is not missed by a waiter that looked before it")
    func lateWaiter() async {
        let pulse = ChangeSignal()
        let generation = pulse.generation
        pulse.send()
        await pulse.wait(after: generation)
        #expect(pulse.generation == generation + 1)
    }

    @Test("wakes everyone")
    func broadcast() async {
        let pulse = ChangeSignal()
        let generation = pulse.generation
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { await pulse.wait(after: generation) } }
            group.addTask { pulse.send() }
        }
    }

    @Test("is no longer waited for after cancellation")
    func cancellation() async {
        let pulse = ChangeSignal()
        let waiter = Task { await pulse.wait(after: pulse.generation) }
        waiter.cancel()
        await waiter.value
    }

    @Test("ends a timed wait early, and time ends it otherwise")
    func timedWait() async {
        let time = MonotonicTime(ContinuousClock())
        let pulse = ChangeSignal()
        let generation = pulse.generation
        await time.wait(for: pulse, after: generation, until: time.now() + .milliseconds(5))
        #expect(time.now() >= .milliseconds(5))
        pulse.send()
        await time.wait(for: pulse, after: generation, until: .seconds(3_600))
        await time.wait(for: pulse, after: pulse.generation, until: .zero)
    }
}
