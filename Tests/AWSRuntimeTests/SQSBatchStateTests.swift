import AWSRuntime
import Testing

@testable import AWSSQS

@Suite("SQS batches")
struct SQSBatchStateTests {
    private let transient = AWSError(.service, "Busy", isRetryable: true)
    private let permanent = AWSError(.service, "No", isRetryable: false)

    private func batches(_ sizes: [Int], maximumBytes: Int = 100) -> [[Int]] {
        var state = SQSBatchState<Void>(sizes: sizes, maximumBytes: maximumBytes)
        var batches: [[Int]] = []
        while case .send(let batch) = state.next() {
            batches.append(batch)
            state.answered(batch, Dictionary(uniqueKeysWithValues: batch.map { ($0, .success(())) }))
        }
        return batches
    }

    @Test("At most ten entries and the byte limit together, in order")
    func split() {
        #expect(batches([]) == [])
        #expect(batches(Array(repeating: 1, count: 25)).map(\.count) == [10, 10, 5])
        #expect(batches([60, 40, 1]) == [[0, 1], [2]])
        #expect(batches([60, 41, 59, 100]) == [[0], [1, 2], [3]])
        #expect(batches(Array(repeating: 30, count: 7)).flatMap(\.self) == Array(0..<7))
    }

    @Test("Entries that fail for a moment are tried again, three times in all")
    func transientEntries() {
        var state = SQSBatchState<Int>(sizes: [1, 1, 1], maximumBytes: 100)
        #expect(state.next() == .send([0, 1, 2]))
        state.answered([0, 1, 2], [0: .success(7), 1: .failure(transient), 2: .failure(permanent)])
        #expect(state.next() == .pause(retry: 1))
        #expect(state.next() == .send([1]))
        state.answered([1], [1: .failure(transient)])
        #expect(state.next() == .pause(retry: 2))
        #expect(state.next() == .send([1]))
        state.answered([1], [1: .failure(transient)])
        #expect(state.next() == .finished)
        #expect(state.results == [.success(7), .failure(transient), .failure(permanent)])
    }

    @Test("An entry without an answer counts as failed for a moment")
    func unanswered() {
        var state = SQSBatchState<Int>(sizes: [1, 1], maximumBytes: 100)
        #expect(state.next() == .send([0, 1]))
        state.answered([0, 1], [0: .success(1)])
        #expect(state.next() == .pause(retry: 1))
        #expect(state.next() == .send([1]))
        state.answered([1], [1: .success(2)])
        #expect(state.next() == .finished)
        #expect(state.results == [.success(1), .success(2)])
    }

    @Test("A service in trouble ends everything; a refused batch only itself")
    func failedRequest() {
        let sizes = Array(repeating: 60, count: 3)
        var state = SQSBatchState<Int>(sizes: sizes, maximumBytes: 100)
        _ = state.next()
        state.answered([0], [0: .success(1)])
        _ = state.next()
        state.failed([1], permanent)
        #expect(state.next() == .send([2]))
        state.failed([2], transient)
        #expect(state.next() == .finished)
        #expect(state.results == [.success(1), .failure(permanent), .failure(transient)])

        var other = SQSBatchState<Int>(sizes: sizes, maximumBytes: 100)
        _ = other.next()
        other.failed([0], transient)
        #expect(other.next() == .finished)
        #expect(other.results == Array(repeating: .failure(transient), count: 3))
    }

    @Test("Refused entries are never sent")
    func refused() {
        var state = SQSBatchState<Int>(sizes: [1, 1], maximumBytes: 100)
        state.refuse(0, permanent)
        #expect(state.next() == .send([1]))
    }
}
