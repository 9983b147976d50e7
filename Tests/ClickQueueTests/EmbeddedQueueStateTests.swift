import Testing

@testable import ClickQueue

@Suite("The embedded queue's state")
struct EmbeddedQueueStateTests {
    private func queue(capacity: Int = 10, of bodies: String...) -> EmbeddedQueueState {
        var queue = EmbeddedQueueState(capacity: capacity, visibilityTimeout: .seconds(30))
        for body in bodies { _ = queue.add(Array(body.utf8)) }
        return queue
    }

    private func texts(_ messages: [ReceivedMessage]) -> [String] {
        messages.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test("hands messages out in order and once")
    func order() {
        var queue = queue(of: "a", "b", "c")
        #expect(texts(queue.receive(maximum: 2, at: .zero)) == ["a", "b"])
        #expect(texts(queue.receive(maximum: 2, at: .seconds(29))) == ["c"])
        #expect(queue.receive(maximum: 2, at: .seconds(29)).isEmpty)
    }

    @Test("hands a message out again after its visibility timeout, with a new receipt")
    func visibilityTimeout() throws {
        var queue = queue(of: "a")
        let first = try #require(queue.receive(maximum: 1, at: .zero).first)
        #expect(queue.nextReturn == .seconds(30))
        let second = try #require(queue.receive(maximum: 1, at: .seconds(30)).first)
        #expect(first.receiveCount == 1)
        #expect(second.receiveCount == 2)
        #expect(queue.delete(first.receipt) == nil, "an old receipt no longer counts")
        #expect(queue.delete(second.receipt) != nil)
        #expect(queue.delete(second.receipt) == nil, "nothing is deleted twice")
        #expect(queue.receive(maximum: 1, at: .seconds(90)).isEmpty)
    }

    @Test("hides a message for longer, or shows it at once")
    func changeVisibility() throws {
        var queue = queue(of: "a")
        let receipt = try #require(queue.receive(maximum: 1, at: .zero).first).receipt
        let isHidden = queue.changeVisibility(receipt, until: .seconds(50), at: .seconds(20))
        #expect(isHidden)
        #expect(queue.receive(maximum: 1, at: .seconds(49)).isEmpty)
        let isShown = queue.changeVisibility(receipt, until: .seconds(49), at: .seconds(49))
        #expect(isShown)
        let isHiddenAgain = queue.changeVisibility(receipt, until: .seconds(80), at: .seconds(49))
        #expect(!isHiddenAgain, "the receipt is used up")
        #expect(queue.receive(maximum: 1, at: .seconds(49)).count == 1)
    }

    @Test("admits no more than its capacity, and the next when one is deleted")
    func capacity() throws {
        var queue = queue(capacity: 2, of: "a", "b", "c", "d")
        let first = queue.receive(maximum: 10, at: .zero)
        #expect(texts(first) == ["a", "b"])
        #expect(queue.admitted == 2)
        #expect(queue.receive(maximum: 10, at: .zero).isEmpty)
        _ = queue.delete(try #require(first.last).receipt)
        #expect(texts(queue.receive(maximum: 10, at: .zero)) == ["c"])
    }

    @Test("forgets a withdrawn message that nobody has")
    func withdrawBeforeReceive() {
        var queue = queue(capacity: 1, of: "a")
        let waiting = queue.add(Array("b".utf8))
        let last = queue.add(Array("c".utf8))
        queue.withdraw(waiting)
        queue.withdraw(1)
        #expect(texts(queue.receive(maximum: 10, at: .zero)) == ["c"])
        queue.withdraw(last)
        #expect(queue.receive(maximum: 10, at: .seconds(60)).isEmpty, "it does not come back either")
        #expect(queue.admitted == 0)
    }

    @Test("lets a receiver delete a message that was withdrawn meanwhile")
    func withdrawAfterReceive() throws {
        var queue = queue(of: "a")
        let message = try #require(queue.receive(maximum: 1, at: .zero).first)
        queue.withdraw(1)
        #expect(queue.delete(message.receipt) == 1)
        #expect(queue.admitted == 0)
    }
}
