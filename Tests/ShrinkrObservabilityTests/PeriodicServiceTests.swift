import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import ShrinkrObservability
import Synchronization
import Testing

/// Loops that end where a test says so, and the time limit where they do not.
@Suite("A periodic service", .timeLimit(.minutes(2))) struct PeriodicServiceTests {
    private let turns = Turns()
    private let output = RecordingOutput()

    private func service(every interval: Duration) -> PeriodicService {
        let logger = Logger(label: "test") { TextLogHandler(label: $0, level: .info, output: output) }
        return PeriodicService(every: interval, failure: "It fails", logger: logger) { try turns.take() }
    }

    /// Waits until a turn has begun, counted from 1.
    private func turn(_ number: Int) async throws {
        while turns.count < number { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("does its work at its start, and again after each interval")
    func turnsFollowEachOther() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await service(every: .milliseconds(1)).run() }
            try await turn(20)
            group.cancelAll()
        }
        #expect(output.text == [])
    }

    @Test("does its work once where the interval is long")
    func interval() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await service(every: .seconds(600)).run() }
            try await turn(1)
            try await Task.sleep(for: .milliseconds(50))
            #expect(turns.count == 1)
            group.cancelAll()
        }
    }

    @Test("asks for the interval before each pause")
    func changingInterval() async throws {
        // A long pause is asked for after the third turn, and is then waited for.
        let service = PeriodicService(
            every: turns.count < 3 ? .milliseconds(1) : .seconds(600), failure: "It fails",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { try turns.take() }
        try await withThrowingTaskGroup { group in
            group.addTask { try await service.run() }
            try await turn(3)
            try await Task.sleep(for: .milliseconds(50))
            #expect(turns.count == 3)
            group.cancelAll()
        }
    }

    @Test("goes on after turns that fail, and says once that they do, and once that they do no more")
    func failures() async throws {
        turns.areBroken = true
        try await withThrowingTaskGroup { group in
            group.addTask { try await service(every: .milliseconds(1)).run() }
            try await turn(20)
            turns.areBroken = false
            try await turn(turns.count + 2)
            group.cancelAll()
        }
        let lines = output.text
        #expect(lines.count == 2)
        #expect(lines.first?.contains("It fails") == true && lines.first?.contains("broken by the test") == true)
        #expect(lines.last?.contains("Works again") == true)
    }

    @Test("ends with a graceful shutdown, also amid a pause")
    func gracefulShutdown() async throws {
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup { group in
                group.addTask { try await service(every: .seconds(600)).run() }
                try await turn(1)
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(turns.count == 1)
    }

    @Test("says nothing of a turn that its end interrupts", arguments: [true, false])
    func interruptedTurn(isGraceful: Bool) async throws {
        let logger = Logger(label: "test") { TextLogHandler(label: $0, level: .info, output: output) }
        let service = PeriodicService(every: .zero, failure: "It fails", logger: logger) {
            try turns.take()
            try await Task.sleep(for: .seconds(600))
        }
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup { group in
                group.addTask { try await service.run() }
                try await turn(1)
                if isGraceful { trigger.triggerGracefulShutdown() } else { group.cancelAll() }
                try await group.waitForAll()
            }
        }
        #expect(turns.count == 1)
        #expect(output.text == [])
    }
}

/// Counts turns, and makes them fail while the test says so.
private final class Turns: Sendable {
    private struct Broken: Error, CustomStringConvertible {
        let description = "broken by the test"
    }

    private let state = Mutex((count: 0, areBroken: false))

    var count: Int { state.withLock { $0.count } }

    var areBroken: Bool {
        get { state.withLock { $0.areBroken } }
        set { state.withLock { $0.areBroken = newValue } }
    }

    func take() throws {
        let isBroken = state.withLock { state in
            state.count += 1
            return state.areBroken
        }
        if isBroken { throw Broken() }
    }
}
