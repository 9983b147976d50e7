import Testing

@testable import ShrinkrWorker

@Suite("The cache of two generations")
struct GenerationCacheTests {
    @Test("remembers, and never holds more than two generations")
    func bound() {
        var cache = GenerationCache<Int, String>(capacity: 10)
        for key in 0..<1_000 {
            cache[key] = "\(key)"
            #expect(cache[key] == "\(key)")
            #expect(cache.count <= 20)
        }
        #expect(cache[0] == nil)
    }

    @Test("keeps what is used")
    func recency() {
        var cache = GenerationCache<Int, Int>(capacity: 10)
        cache[-1] = 7
        for key in 0..<1_000 {
            cache[key] = key
            #expect(cache[-1] == 7)
        }
    }

    @Test("replaces and removes")
    func change() {
        var cache = GenerationCache<Int, Int>(capacity: 2)
        cache[1] = 1
        cache[1] = 2
        #expect(cache[1] == 2)
        cache[1] = nil
        #expect(cache[1] == nil)
        #expect(cache.count == 0)
    }
}
