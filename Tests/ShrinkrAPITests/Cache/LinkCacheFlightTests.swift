import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

/// What happens while the store is being read.
@Suite("The link cache, under way", .timeLimit(.minutes(5))) struct LinkCacheFlightTests {
    @Test("reads once for 1,000 requests that miss at once")
    func sharedRead() async throws {
        let gate = Gate()
        let source = ScriptedLinks { read in
            await gate.pass()
            return .sample(version: read)
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        let code = try code("a")
        let links = try await withThrowingTaskGroup { group in
            for _ in 0..<1_000 { group.addTask { try await cache.link(code) } }
            try await eventually("all requests miss") { cache.counts.misses == 1_000 }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(links.count == 1_000)
        #expect(links.allSatisfy { $0 == .sample(version: 1) })
        #expect(source.reads == 1)
        #expect(cache.counts.loads == 1)
    }

    @Test("reads different codes at the same time")
    func independentReads() async throws {
        let gate = Gate()
        let source = ScriptedLinks { _ in
            await gate.pass()
            return nil
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        let codes = try (0..<10).map { try code("c\($0)") }
        try await withThrowingTaskGroup { group in
            for code in codes { group.addTask { _ = try await cache.link(code) } }
            try await eventually("all reads are under way") { gate.arrivals == 10 }
            gate.open()
            try await group.waitForAll()
        }
        #expect(source.reads == 10)
    }

    @Test("tells all who wait that the read failed, and reads anew for the next")
    func sharedFailure() async throws {
        let gate = Gate()
        let source = ScriptedLinks { read in
            guard read == 1 else { return .sample(version: read) }
            await gate.pass()
            throw StoreError.unavailable(reason: "busy")
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        let code = try code("a")
        let failures = try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            try await cache.addReaders(50, of: code, to: &group)
            gate.open()
            return try await group.reduce(into: 0) { $0 += $1 is StoreError ? 1 : 0 }
        }
        // Who joins after the failed read has ended reads itself.
        #expect(failures >= 1)
        #expect(cache.counts.loads == source.reads)
        #expect(try await cache.link(code)?.version == source.reads)
    }

    @Test("does not remember what it read before the link became invalid", arguments: [false, true])
    func invalidationMeanwhile(all: Bool) async throws {
        let gate = Gate()
        let source = ScriptedLinks { read in
            // The first read has its answer before the link changes, and is slow to deliver it.
            if read == 1 { await gate.pass() }
            return .sample(version: read)
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        let code = try code("a")
        async let early = cache.link(code)
        try await eventually("the first read is under way") { gate.arrivals == 1 }
        if all { cache.invalidateAll() } else { cache.invalidate(code) }
        // A later caller does not wait for the early read: the gate is still shut.
        #expect(try await cache.link(code) == .sample(version: 2))
        gate.open()
        #expect(try await early == .sample(version: 1))
        #expect(try await cache.link(code) == .sample(version: 2))
        #expect(source.reads == 2)
    }

    @Test("reads anew if the link became invalid and nobody asked meanwhile")
    func invalidationUnnoticed() async throws {
        let gate = Gate()
        let source = ScriptedLinks { read in
            if read == 1 { await gate.pass() }
            return .sample(version: read)
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        let code = try code("a")
        async let early = cache.link(code)
        try await eventually("the first read is under way") { gate.arrivals == 1 }
        cache.invalidate(code)
        gate.open()
        #expect(try await early == .sample(version: 1))
        #expect(cache.size.entries == 0)
        #expect(try await cache.link(code) == .sample(version: 2))
    }

    @Test("answers those who wait, even if who reads for them is cancelled")
    func cancelledReader() async throws {
        let gate = Gate()
        let source = ScriptedLinks { read in
            guard read == 1 else { return .sample(version: read) }
            await gate.pass()
            // Like a database: the answer to who is cancelled is an error.
            try Task.checkCancellation()
            return .sample(version: read)
        }
        let cache = LinkCache(capacity: 10_000, load: source.read)
        let code = try code("a")
        let reader = Task { try await cache.link(code) }
        try await eventually("the first read is under way") { gate.arrivals == 1 }
        let links = try await withThrowingTaskGroup { group in
            for _ in 0..<100 { group.addTask { try await cache.link(code) } }
            try await eventually("all requests miss") { cache.counts.misses == 101 }
            reader.cancel()
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(links.allSatisfy { $0 == .sample(version: 2) })
        #expect(source.reads == 2)
        await #expect(throws: CancellationError.self) { try await reader.value }
    }
}

extension LinkCache {
    /// Adds tasks that read the code and return what went wrong, and waits until all of them missed.
    fileprivate func addReaders(
        _ count: Int, of code: ShortCode, to group: inout ThrowingTaskGroup<(any Error)?, any Error>
    ) async throws {
        for _ in 0..<count {
            group.addTask {
                do {
                    _ = try await self.link(code)
                    return nil
                } catch {
                    return error
                }
            }
        }
        try await eventually("all requests miss") { self.counts.misses == count }
    }
}
