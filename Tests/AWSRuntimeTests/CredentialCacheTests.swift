import AWSTestSupport
import Logging
import Synchronization
import Testing

@testable import AWSRuntime

/// A provider that a test steers: each fetch takes the next answer, and waits for it if there is none yet.
private actor SteeredProvider: CredentialProvider {
    private var answers: [Result<AWSCredentials?, AWSError>] = []
    private var waiting: [CheckedContinuation<Result<AWSCredentials?, AWSError>, Never>] = []
    private var started: [CheckedContinuation<Void, Never>] = []
    private(set) var fetches = 0

    func fetch() async throws -> AWSCredentials? {
        fetches += 1
        for continuation in started { continuation.resume() }
        started = []
        if !answers.isEmpty { return try answers.removeFirst().get() }
        return try await withCheckedContinuation { waiting.append($0) }.get()
    }

    func answer(_ result: Result<AWSCredentials?, AWSError>) {
        if waiting.isEmpty { answers.append(result) } else { waiting.removeFirst().resume(returning: result) }
    }

    /// Returns once a fetch waits for its answer.
    func waitForFetch(_ number: Int) async {
        while fetches < number { await withCheckedContinuation { started.append($0) } }
    }
}

@Suite("Credential cache")
struct CredentialCacheTests {
    private let world = TestWorld()
    private let provider = SteeredProvider()
    private let cache: CredentialCache

    init() {
        let world = world
        cache = CredentialCache(provider, clock: CorrectedClock { world.now }, logger: .silent)
    }

    private func credentials(_ name: String, validFor seconds: Int64) -> AWSCredentials {
        .temporary(name, expires: world.now.adding(seconds: seconds))
    }

    @Test("Many callers, one fetch")
    func singleFlight() async throws {
        let first = credentials("1", validFor: 3600)
        let results = try await withThrowingTaskGroup(of: AWSCredentials.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.credentials() } }
            await provider.waitForFetch(1)
            await provider.answer(.success(first))
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: first, count: 20))
        #expect(await provider.fetches == 1)
        #expect(try await cache.credentials() == first)
        #expect(await provider.fetches == 1)
    }

    @Test("Near the expiry the old ones serve until the new ones are there")
    func advisoryRefresh() async throws {
        let old = credentials("old", validFor: 3600)
        await provider.answer(.success(old))
        #expect(try await cache.credentials() == old)

        world.now = world.now.adding(seconds: 3600 - CredentialCacheState.advisoryWindow)
        #expect(try await cache.credentials() == old)
        await provider.waitForFetch(2)
        #expect(try await cache.credentials() == old)
        #expect(await provider.fetches == 2)

        let new = credentials("new", validFor: 3600)
        await provider.answer(.success(new))
        while try await cache.credentials() == old { await Task.yield() }
        #expect(try await cache.credentials() == new)
    }

    @Test("A failing source is never remembered")
    func notSticky() async throws {
        await provider.answer(.failure(AWSError(.credentials, "First", isRetryable: true)))
        let error = await #expect(throws: AWSError.self) { try await cache.credentials() }
        #expect(error?.message == "First")
        let fresh = credentials("1", validFor: 3600)
        await provider.answer(.success(fresh))
        #expect(try await cache.credentials() == fresh)
    }

    @Test("Nothing found is an error that says where was looked")
    func nothingFound() async throws {
        await provider.answer(.success(nil))
        let error = await #expect(throws: AWSError.self) { try await cache.credentials() }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("AWS_ACCESS_KEY_ID") == true)
    }

    @Test("A cancelled waiter leaves at once; the others get their credentials")
    func cancelledWaiter() async throws {
        let patient = Task { try await cache.credentials() }
        await provider.waitForFetch(1)
        let hasty = Task { try await cache.credentials() }
        hasty.cancel()
        await #expect(throws: CancellationError.self) { try await hasty.value }
        let fresh = credentials("1", validFor: 3600)
        await provider.answer(.success(fresh))
        #expect(try await patient.value == fresh)
    }

    @Test("Shutting down fails those who wait")
    func shutdown() async throws {
        let waiter = Task { try await cache.credentials() }
        await provider.waitForFetch(1)
        async let end: Void = cache.shutdown()
        await #expect(throws: AWSError.self) { try await waiter.value }
        await provider.answer(.success(nil))
        await end
        await #expect(throws: AWSError.self) { try await cache.credentials() }
        #expect(await provider.fetches == 1)
    }
}

@Suite("Credential cache decisions")
struct CredentialCacheStateTests {
    private let start = UTCTime(secondsSinceEpoch: 1_000_000)

    private func at(_ seconds: Int64) -> UTCTime { start.adding(seconds: seconds) }

    @Test("Over the life of temporary credentials")
    func life() {
        var state = CredentialCacheState()
        let old = AWSCredentials.temporary("old", expires: at(3600))
        #expect(state.request(now: at(0)) == .refreshAndWait)
        #expect(state.request(now: at(0)) == .wait)
        state.refreshed(old, now: at(0))
        #expect(state.request(now: at(3299)) == .use(old))
        #expect(state.request(now: at(3300)) == .useAndRefresh(old))
        #expect(state.request(now: at(3301)) == .use(old))
        state.refreshed(nil, now: at(3301))
        #expect(state.request(now: at(3310)) == .use(old))
        #expect(state.request(now: at(3311)) == .useAndRefresh(old))
        state.refreshed(nil, now: at(3599))
        #expect(state.request(now: at(3599)) == .use(old))
        #expect(state.request(now: at(3600)) == .refreshAndWait)
        state.refreshed(nil, now: at(3600))
        #expect(state.request(now: at(3600)) == .refreshAndWait)
    }

    @Test("Long-lived keys are never refreshed")
    func longLived() {
        var state = CredentialCacheState()
        _ = state.request(now: at(0))
        state.refreshed(.test, now: at(0))
        #expect(state.request(now: at(1_000_000_000)) == .use(.test))
    }

    @Test("Refused credentials are dropped, newer ones stay")
    func invalidate() {
        var state = CredentialCacheState()
        let new = AWSCredentials.temporary("new", expires: at(3600))
        _ = state.request(now: at(0))
        state.refreshed(new, now: at(0))
        state.invalidate(.temporary("old"))
        #expect(state.request(now: at(1)) == .use(new))
        state.invalidate(new)
        #expect(state.request(now: at(1)) == .refreshAndWait)
    }
}
