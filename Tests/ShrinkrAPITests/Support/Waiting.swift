import ClickQueue
import ShrinkrBase
import Synchronization
import Testing

/// How long a test waits for something that should happen at once.
let patience = Duration.seconds(300)

/// Waits until `condition` holds; fails the test where it does not within ``patience``.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + patience
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A door that is closed until the test opens it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
    }

    private let state = Mutex(State())
    private let pulse = ChangeSignal()

    /// How many have come to the door, those who passed included.
    var arrivals: Int { state.withLock { $0.arrivals } }

    func open() {
        state.withLock { $0.isOpen = true }
        pulse.send()
    }

    func pass() async {
        state.withLock { $0.arrivals += 1 }
        while !Task.isCancelled {
            let generation = pulse.generation
            if state.withLock({ $0.isOpen }) { return }
            await pulse.wait(after: generation)
        }
    }
}

/// True once.
final class Once: Sendable {
    private let isFirst = Mutex(true)

    func take() -> Bool {
        isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst
        }
    }
}

/// A number of places to run in; who finds none free waits its turn.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free == 0 { state.waiting.append(continuation) } else { state.free -= 1 }
                return state.waiting.isEmpty
            }
            if isFree { continuation.resume() }
        }
    }

    func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
