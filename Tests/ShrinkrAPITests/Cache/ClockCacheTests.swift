import TestSupport
import Testing

@testable import ShrinkrAPI

@Suite("A clock cache") struct ClockCacheTests {
    /// Compares the cache with a dictionary of everything that was put in and not taken out.
    @Test("never holds more than its capacity, and only what was put in", arguments: 1...12 as ClosedRange<UInt64>)
    func model(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var cache = ClockCache<Int, Int>(capacity: Int.random(in: 0...60, using: &generator))
        var model: [Int: (value: Int, cost: Int)] = [:]
        for step in 0..<3_000 {
            let key = Int.random(in: 0..<25, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                let cost = Int.random(in: 0...12, using: &generator)
                cache.insert(step, for: key, cost: cost)
                model[key] = (step, cost)
                // What fits is kept: nothing was evicted after it.
                try #require((cache.value(for: key) == step) == (cost <= cache.capacity))
            case 5:
                cache.remove(key)
                model[key] = nil
                try #require(cache.value(for: key) == nil)
            default:
                if let value = cache.value(for: key) { try #require(value == model[key]?.value) }
            }
            // Looking is a use of the entry, so a copy is looked into.
            var copy = cache
            let held = model.filter { copy.value(for: $0.key) != nil }
            try #require(held.count == cache.count)
            try #require(held.values.reduce(0) { $0 + $1.cost } == cache.cost)
            try #require(cache.cost <= cache.capacity)
        }
    }

    @Test("keeps everything that fits")
    func withinCapacity() {
        var cache = ClockCache<Int, Int>(capacity: 100)
        for key in 0..<100 { cache.insert(key, for: key, cost: 1) }
        #expect(cache.count == 100)
        #expect((0..<100).allSatisfy { cache.value(for: $0) == $0 })
    }

    @Test("replaces a key's entry, and its cost")
    func replacement() {
        var cache = ClockCache<String, Int>(capacity: 10)
        cache.insert(1, for: "a", cost: 8)
        cache.insert(2, for: "a", cost: 3)
        #expect(cache.value(for: "a") == 2)
        #expect(cache.cost == 3)
        #expect(cache.count == 1)
    }

    @Test("does not keep what is too large, nor what it would have replaced")
    func tooLarge() {
        var cache = ClockCache<String, Int>(capacity: 10)
        cache.insert(1, for: "a", cost: 5)
        cache.insert(2, for: "b", cost: 5)
        cache.insert(3, for: "a", cost: 11)
        #expect(cache.value(for: "a") == nil)
        #expect(cache.value(for: "b") == 2)
        #expect(cache.cost == 5)
    }

    @Test("evicts what was not used", arguments: 0..<3)
    func secondChance(used: Int) {
        var cache = ClockCache<Int, Int>(capacity: 3)
        for key in 0..<3 { cache.insert(key, for: key, cost: 1) }
        _ = cache.value(for: used)
        for key in 3..<5 { cache.insert(key, for: key, cost: 1) }
        #expect(cache.value(for: used) == used)
        #expect(cache.count == 3)
    }

    @Test("gives way where everything is used")
    func everythingUsed() {
        var cache = ClockCache<Int, Int>(capacity: 3)
        for key in 0..<3 {
            cache.insert(key, for: key, cost: 1)
            _ = cache.value(for: key)
        }
        cache.insert(3, for: 3, cost: 3)
        #expect(cache.value(for: 3) == 3)
        #expect(cache.count == 1)
    }

    @Test("keeps what is in use under a flood of keys that come once", arguments: [1, 5, 20])
    func flood(insertionsPerUse: Int) {
        var cache = ClockCache<Int, Int>(capacity: 100)
        for key in 0..<50 { cache.insert(key, for: key, cost: 1) }
        for key in 0..<50 { _ = cache.value(for: key) }
        var lost = 0
        for key in 1_000..<11_000 {
            cache.insert(key, for: key, cost: 1)
            guard key % insertionsPerUse == 0 else { continue }
            for hot in 0..<50 where cache.value(for: hot) != hot { lost += 1 }
        }
        #expect(lost == 0)
        #expect(cache.count == 100)
    }

    @Test("loses what is no longer used under the same flood")
    func floodOverUnused() {
        var cache = ClockCache<Int, Int>(capacity: 100)
        for key in 0..<50 { cache.insert(key, for: key, cost: 1) }
        for key in 0..<50 { _ = cache.value(for: key) }
        for key in 1_000..<1_300 { cache.insert(key, for: key, cost: 1) }
        #expect((0..<50).allSatisfy { cache.value(for: $0) == nil })
    }
}
