/// A dictionary bounded by the cost of its entries, which evicts by second chance (the CLOCK approximation of least
/// recently used; Corbató, 1968).
///
/// A hit sets one bit and moves nothing. New entries have no second chance yet, so a flood of keys that are asked for
/// once pushes itself out before what is in use.
struct ClockCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot {
        let key: Key
        var value: Value
        var cost: Int
        var isReferenced: Bool
    }

    /// Most cost of all entries together.
    let capacity: Int
    /// Cost of all entries together.
    private(set) var cost = 0
    private var slots: [Slot?] = []
    private var places: [Key: Int] = [:]
    private var free: [Int] = []
    private var hand = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { places.count }

    /// The value for the key, which counts as a use of it.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        slots[place]?.isReferenced = true
        return slots[place]?.value
    }

    /// Puts a value in, in place of the key's former one. A value that costs more than the capacity is not kept.
    mutating func insert(_ value: Value, for key: Key, cost: Int) {
        remove(key)
        guard cost <= capacity else { return }
        while self.cost + cost > capacity { evictOne() }
        let slot = Slot(key: key, value: value, cost: cost, isReferenced: false)
        if let place = free.popLast() {
            slots[place] = slot
            places[key] = place
        } else {
            places[key] = slots.count
            slots.append(slot)
        }
        self.cost += cost
    }

    mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key), let slot = slots[place] else { return }
        cost -= slot.cost
        slots[place] = nil
        free.append(place)
    }

    /// Moves the hand on until it finds an entry that was not used since the hand last passed it.
    private mutating func evictOne() {
        while true {
            hand = (hand + 1) % max(1, slots.count)
            guard let slot = slots[hand] else { continue }
            guard slot.isReferenced else {
                remove(slot.key)
                return
            }
            slots[hand]?.isReferenced = false
        }
    }
}
