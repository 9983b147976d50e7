import ClickQueue
import ShrinkrCore
import Synchronization
import Testing

@Suite("The embedded click queue", .timeLimit(.minutes(5)))
struct EmbeddedClickQueueTests {
    private let journal = "0b54b5a6-0f53-4f3d-9d3c-3b7a4f0c2a11"

    private func frame(_ number: Int64) -> OutgoingFrame {
        OutgoingFrame(id: FrameID(journal: journal, number: number), body: Array("\(number)".utf8))
    }

    @Test("accepts a frame only when it is deleted")
    func acceptedWhenDeleted() async throws {
        let queue = EmbeddedClickQueue()
        let answers = Record()
        try await withThrowingTaskGroup(of: [SendOutcome].self) { group in
            group.addTask {
                let outcomes = await queue.send([frame(1), frame(2)])
                answers.add("answered")
                return outcomes
            }
            var receipts: [MessageReceipt] = []
            while receipts.count < 2 {
                receipts += try await queue.receive(maximum: 10, wait: .seconds(10)).map(\.receipt)
            }
            #expect(await queue.delete([receipts[0]]) == 0)
            for _ in 0..<100 { await Task.yield() }
            #expect(answers.counts.isEmpty, "one frame is still not counted")
            #expect(await queue.delete(receipts) == 1, "the first receipt is used up")
            #expect(try await group.next() == [.accepted, .accepted])
        }
    }

    @Test("wakes a long poll as soon as there is a message")
    func longPoll() async throws {
        let queue = EmbeddedClickQueue()
        async let messages = queue.receive(maximum: 10, wait: .seconds(3_600))
        async let outcomes = queue.send([frame(7)])
        let received = try await messages
        #expect(received.map(\.body) == [Array("7".utf8)])
        _ = await queue.delete(received.map(\.receipt))
        #expect(await outcomes == [.accepted])
    }

    @Test("returns from a long poll without messages when its time is over")
    func emptyPoll() async throws {
        let queue = EmbeddedClickQueue()
        #expect(try await queue.receive(maximum: 1, wait: .milliseconds(5)).isEmpty)
    }

    @Test("hands a message out again when it is not deleted in time")
    func redelivery() async throws {
        let queue = EmbeddedClickQueue(visibilityTimeout: .milliseconds(5))
        async let outcomes = queue.send([frame(1)])
        let first = try await queue.receive(maximum: 1, wait: .seconds(30))
        let second = try await queue.receive(maximum: 1, wait: .seconds(30))
        #expect(first.map(\.receiveCount) == [1])
        #expect(second.map(\.receiveCount) == [2])
        #expect(await queue.changeVisibility(second.map(\.receipt), timeout: .seconds(60)) == 0)
        #expect(await queue.delete(second.map(\.receipt)) == 0)
        #expect(await outcomes == [.accepted])
    }

    @Test("withdraws what a cancelled send has not delivered")
    func cancelledSend() async throws {
        let queue = EmbeddedClickQueue(capacity: 1)
        let send = Task { await queue.send([frame(1), frame(2)]) }
        let first = try await queue.receive(maximum: 10, wait: .seconds(30))
        #expect(first.count == 1, "the second frame waits for room")
        send.cancel()
        let outcomes = await send.value
        #expect(outcomes.count == 2)
        #expect(!outcomes.contains(.accepted))
        _ = await queue.delete(first.map(\.receipt))
        #expect(try await queue.receive(maximum: 10, wait: .zero).isEmpty)
    }

    @Test("a cancelled receive ends at once")
    func cancelledReceive() async {
        let queue = EmbeddedClickQueue()
        let receive = Task { try await queue.receive(maximum: 1, wait: .seconds(3_600)) }
        receive.cancel()
        await #expect(throws: CancellationError.self) { try await receive.value }
    }

    @Test("closing ends sends and receives")
    func close() async throws {
        let queue = EmbeddedClickQueue()
        let send = Task { await queue.send([frame(1)]) }
        _ = try await queue.receive(maximum: 1, wait: .seconds(30))
        let receive = Task { try await queue.receive(maximum: 1, wait: .seconds(3_600)) }
        queue.close()
        #expect(await send.value == [.failed(reason: "the click queue is closed")])
        await #expect(throws: ClickQueueError.closed) { try await receive.value }
        #expect(await queue.send([frame(2)]) == [.failed(reason: "the click queue is closed")])
    }

    @Test("delivers every frame under load, however often receivers give them back")
    func load() async throws {
        let queue = EmbeddedClickQueue(capacity: 8)
        let deleted = Record()
        let outcomes = await withTaskGroup(of: [SendOutcome].self) { group in
            for sender in 0..<20 {
                group.addTask { await queue.send((0..<25).map { frame(Int64(sender * 25 + $0 + 1)) }) }
            }
            let receivers = (0..<4).map { _ in
                Task {
                    while true {
                        for message in try await queue.receive(maximum: 3, wait: .seconds(60)) {
                            if message.receiveCount == 1, message.body.last == UInt8(ascii: "7") {
                                _ = await queue.changeVisibility([message.receipt], timeout: .zero)
                                continue
                            }
                            deleted.add(String(decoding: message.body, as: UTF8.self))
                            _ = await queue.delete([message.receipt])
                        }
                    }
                }
            }
            let outcomes = await group.reduce(into: []) { $0 += $1 }
            for receiver in receivers { receiver.cancel() }
            return outcomes
        }
        #expect(outcomes == Array(repeating: .accepted, count: 500))
        #expect(deleted.counts.count == 500)
        #expect(deleted.counts.values.allSatisfy { $0 == 1 })
    }
}

/// Counts what several tasks report.
private final class Record: Sendable {
    private let state = Mutex<[String: Int]>([:])

    var counts: [String: Int] { state.withLock { $0 } }

    func add(_ text: String) {
        state.withLock { $0[text, default: 0] += 1 }
    }
}
