import ClickJournal
import ClickQueue
import Testing

@testable import ShrinkrAPI

@Suite struct PublishBatchTests {
    private static let journal = JournalIdentity.random()

    private func batch(_ numbers: ClosedRange<UInt64>) -> PublishBatch {
        PublishBatch(
            numbers.map {
                PublishPiece(SealedFrame(journal: Self.journal, number: $0, records: [], openedAt: 0, sealedAt: 0))
            })
    }

    /// Sends until nothing is left; says what was sent, and what was given up.
    private func run(
        _ batch: inout PublishBatch, answer: ([UInt64]) -> [SendOutcome]
    ) -> (sent: [[UInt64]], accepted: [UInt64], givenUp: [UInt64]) {
        var (sent, accepted, givenUp): ([[UInt64]], [UInt64], [UInt64]) = ([], [], [])
        while !batch.isEmpty, sent.count < 100 {
            let numbers = batch.next.flatMap(\.frames).map(\.number)
            sent.append(numbers)
            let progress = batch.answered(answer(numbers))
            accepted += progress.accepted.flatMap(\.frames).map(\.number)
            givenUp += progress.givenUp.map(\.number)
            #expect(progress.failed == numbers.count - progress.accepted.count - progress.givenUp.count)
            #expect((progress.reason == nil) == (progress.accepted.count == numbers.count))
        }
        return (sent, accepted, givenUp)
    }

    @Test func goesAtOnceWhereAllIsWell() {
        var batch = batch(1...3)
        let result = run(&batch) { $0.map { _ in .accepted } }
        #expect(result.sent == [[1, 2, 3]])
        #expect(result.accepted == [1, 2, 3])
    }

    @Test func whatFailsIsSentAgainTogetherForEver() {
        var batch = batch(1...4)
        var attempts = 0
        let result = run(&batch) { numbers in
            attempts += 1
            return numbers.map { $0 % 2 == 0 && attempts < 50 ? .failed(reason: "not now") : .accepted }
        }
        #expect(result.sent == [[1, 2, 3, 4]] + Array(repeating: [2, 4], count: 49))
        #expect(result.accepted == [1, 3, 2, 4])
        #expect(result.givenUp.isEmpty)
    }

    /// The whole batch is refused for one message: it costs the others nothing but company.
    @Test(arguments: [UInt64(1), 3, 5]) func oneRefusedFrameIsFoundAndGivenUp(bad: UInt64) {
        var batch = batch(1...5)
        let result = run(&batch) { numbers in
            numbers.map { _ in numbers.contains(bad) ? .refused(reason: "characters") : .accepted }
        }
        #expect(result.givenUp == [bad])
        #expect(result.accepted == (1...5).filter { $0 != bad })
        #expect(result.sent.count { $0 == [bad] } == PublishBatch.maximumRefusals)
        #expect(result.sent.dropFirst().allSatisfy { $0.count == 1 })
    }

    /// A frame that was refused and then fails for the moment is no less refused.
    @Test func failuresInBetweenAreNoRefusals() {
        var batch = batch(1...1)
        var attempts = 0
        let result = run(&batch) { _ in
            attempts += 1
            return [attempts.isMultiple(of: 2) ? .failed(reason: "not now") : .refused(reason: "characters")]
        }
        #expect(result.givenUp == [1])
        #expect(attempts == 2 * PublishBatch.maximumRefusals - 1)
    }

    @Test func refusalsThatPassGiveNothingUp() {
        var batch = batch(1...3)
        var attempts = 0
        let result = run(&batch) { numbers in
            attempts += 1
            return numbers.map { _ in attempts < 4 ? .refused(reason: "characters") : .accepted }
        }
        #expect(result.givenUp.isEmpty)
        #expect(result.accepted.sorted() == [1, 2, 3])
    }
}
