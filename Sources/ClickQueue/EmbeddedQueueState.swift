/// The messages of an ``EmbeddedClickQueue`` and who holds them, without tasks and clocks.
///
/// At most `capacity` messages are with receivers or ready for them; further ones wait outside, in order.
struct EmbeddedQueueState {
    typealias MessageID = UInt64

    private struct Message {
        let body: [UInt8]
        var receiveCount = 0
        /// Whether nobody waits for it any more; it is dropped instead of being handed out again.
        var isWithdrawn = false
    }

    private struct Hidden {
        let id: MessageID
        var until: Duration
    }

    private let capacity: Int
    private let visibilityTimeout: Duration
    private var nextID: MessageID = 0
    private var messages: [MessageID: Message] = [:]
    private var waiting: [MessageID] = []
    private var ready: [MessageID] = []
    private var hidden: [MessageReceipt: Hidden] = [:]

    init(capacity: Int, visibilityTimeout: Duration) {
        self.capacity = capacity
        self.visibilityTimeout = visibilityTimeout
    }

    /// When the next message that is with a receiver comes back, if it is not deleted before.
    var nextReturn: Duration? { hidden.values.map(\.until).min() }

    /// Messages that are with receivers or ready for them.
    var admitted: Int { ready.count + hidden.count }

    mutating func add(_ body: [UInt8]) -> MessageID {
        nextID += 1
        messages[nextID] = Message(body: body)
        waiting.append(nextID)
        admit()
        return nextID
    }

    /// Hands out up to `maximum` messages and hides them for the visibility timeout.
    mutating func receive(maximum: Int, at now: Duration) -> [ReceivedMessage] {
        returnExpired(at: now)
        let ids = ready.prefix(maximum)
        ready.removeFirst(ids.count)
        return ids.compactMap { id in
            guard var message = messages[id] else { return nil }
            message.receiveCount += 1
            messages[id] = message
            let receipt = MessageReceipt(handle: "\(id).\(message.receiveCount)")
            hidden[receipt] = Hidden(id: id, until: now + visibilityTimeout)
            return ReceivedMessage(receipt: receipt, body: message.body, receiveCount: message.receiveCount)
        }
    }

    /// Removes the message of a receipt that still counts; nil for one that was handed out again since.
    mutating func delete(_ receipt: MessageReceipt) -> MessageID? {
        guard let id = hidden.removeValue(forKey: receipt)?.id else { return nil }
        messages[id] = nil
        admit()
        return id
    }

    /// Hides a message until `end`; false for a receipt that no longer counts.
    mutating func changeVisibility(_ receipt: MessageReceipt, until end: Duration, at now: Duration) -> Bool {
        guard hidden[receipt] != nil else { return false }
        hidden[receipt]?.until = end
        returnExpired(at: now)
        return true
    }

    /// Forgets a message for which nobody waits any more: at once, or once its receiver gives it back.
    mutating func withdraw(_ id: MessageID) {
        if hidden.values.contains(where: { $0.id == id }) {
            messages[id]?.isWithdrawn = true
        } else {
            messages[id] = nil
            waiting.removeAll { $0 == id }
            ready.removeAll { $0 == id }
            admit()
        }
    }

    private mutating func returnExpired(at now: Duration) {
        let expired = hidden.filter { $0.value.until <= now }
        for (receipt, entry) in expired.sorted(by: { $0.value.id < $1.value.id }) {
            hidden[receipt] = nil
            if messages[entry.id]?.isWithdrawn == true {
                messages[entry.id] = nil
            } else {
                ready.append(entry.id)
            }
        }
        admit()
    }

    private mutating func admit() {
        let admissible = waiting.prefix(max(0, capacity - admitted))
        ready.append(contentsOf: admissible)
        waiting.removeFirst(admissible.count)
    }
}
