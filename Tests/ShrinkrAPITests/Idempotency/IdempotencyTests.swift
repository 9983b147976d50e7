import ShrinkrBase
import ShrinkrStore
import StoreTestSupport
import Synchronization
import Testing

@testable import ShrinkrAPI

/// `Idempotency-Key`: a request that is sent twice has its effect once.
@Suite struct IdempotencyTests {
    private static let link = #"{"url":"https://example.com/"}"#

    private func post(_ api: TestAPI, _ body: String, key: String, to target: String = "/api/v1/links") async throws
        -> Answer
    {
        try await api.post(target, body, fields: ["Idempotency-Key": key])
    }

    private func linkCount(_ api: TestAPI) async throws -> Int {
        try await api.get("/api/v1/links?limit=100").json["data"]?.elements.count ?? 0
    }

    /// What made a request fail, such as a locked database, keeps its key from being given back at once.
    @Test func keyIsFreeAgainThoughTheStoreCouldNotBeWritten() async throws {
        let store = Mutex<ForgetfulIdempotency?>(nil)
        try await withAPI(replace: { dependencies in
            let forgetful = ForgetfulIdempotency(dependencies.idempotency)
            store.withLock { $0 = forgetful }
            dependencies.idempotency = forgetful
        }) { api in
            let taken = #"{"url":"https://example.com/","code":"taken"}"#
            #expect(try await api.post("/api/v1/links", taken).status == 201)
            expectProblem(try await post(api, taken, key: "k1"), 409, "alias-taken")
            #expect(store.withLock { $0?.refusals } == 1)
            expectProblem(try await post(api, taken, key: "k1"), 409, "alias-taken")
        }
    }

    /// As where the connection to a database breaks while a commit is under way.
    @Test func keyIsFreeAgainThoughNobodyKnewThatItWasReserved() async throws {
        let replace = { (dependencies: inout APIDependencies) in
            dependencies.idempotency = ForgetfulIdempotency(dependencies.idempotency, losesFirstReservation: true)
        }
        try await withAPI(replace: replace) { api in
            expectProblem(try await post(api, Self.link, key: "k1"), 503, "unavailable")
            #expect(try await post(api, Self.link, key: "k1").status == 201)
            #expect(try await linkCount(api) == 1)
        }
    }

    /// The time was still to come when the request was made first.
    @Test func replayIsNotJudgedAgain() async throws {
        try await withAPI { api in
            let fields: Fields = ["Idempotency-Key": "one"]
            let body = #"{"url":"https://example.com/","expires_at":"2026-03-10T12:00:01Z"}"#
            let first = try await api.post("/api/v1/links", body, fields: fields)
            #expect(first.status == 201)
            api.clock.advance(by: .seconds(5))
            let replay = try await api.post("/api/v1/links", body, fields: fields)
            #expect(replay.status == 201)
            #expect(replay.body == first.body)
            #expect(replay["idempotency-replayed"] == "true")
            expectProblem(try await api.post("/api/v1/links", body), 422, "validation")
        }
    }

    @Test func repetitionGetsTheFirstAnswer() async throws {
        try await withAPI { api in
            let first = try await post(api, Self.link, key: "k1")
            #expect(first.status == 201)
            #expect(first["idempotency-replayed"] == nil)
            let again = try await post(api, Self.link, key: "k1")
            #expect(again.status == 201)
            #expect(again.body == first.body)
            #expect(again["idempotency-replayed"] == "true")
            for name in ["Location", "ETag", "Content-Type", "Cache-Control"] { #expect(again[name] == first[name]) }
            #expect(again["x-request-id"] != first["x-request-id"])
            #expect(try await linkCount(api) == 1)
        }
    }

    @Test func otherKeyIsAnotherRequest() async throws {
        try await withAPI { api async throws in
            #expect(try await post(api, Self.link, key: "k1").status == 201)
            #expect(try await post(api, Self.link, key: "k2").status == 201)
            #expect(try await linkCount(api) == 2)
        }
    }

    @Test func otherBodyUnderTheSameKeyIsRefused() async throws {
        try await withAPI { api in
            #expect(try await post(api, Self.link, key: "k1").status == 201)
            let other = try await post(api, #"{"url":"https://example.com/other"}"#, key: "k1")
            expectProblem(other, 422, "idempotency-key-reused")
            #expect(try await linkCount(api) == 1)
        }
    }

    /// The key's scope is the path and the caller.
    @Test func keyOfAnotherPathOrCallerIsAnotherKey() async throws {
        try await withAPI { api in
            let (ann, bob) = (try await api.addKey(.linksWrite), try await api.addKey(.linksWrite))
            for key in [ann, bob] {
                let fields: Fields = ["Idempotency-Key": "same", "Authorization": "Bearer \(key)"]
                let single = try await api.post("/api/v1/links", Self.link, fields: fields)
                #expect(single.status == 201)
                #expect(single["idempotency-replayed"] == nil)
                let batch = try await api.post("/api/v1/links/batch", #"{"links":[\#(Self.link)]}"#, fields: fields)
                #expect(batch.status == 200)
                #expect(batch["idempotency-replayed"] == nil)
            }
        }
    }

    @Test func batchIsReplayed() async throws {
        try await withAPI { api in
            let body = #"{"links":[\#(Self.link),{"url":"nonsense"}]}"#
            let first = try await post(api, body, key: "k1", to: "/api/v1/links/batch")
            let again = try await post(api, body, key: "k1", to: "/api/v1/links/batch")
            #expect(again.body == first.body)
            #expect(again["idempotency-replayed"] == "true")
            #expect(try await linkCount(api) == 1)
        }
    }

    @Test func repetitionWhileTheFirstIsAtWorkIsRefused() async throws {
        let gate = Gate()
        let hold = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(base: dependencies.links, beforeInsert: { await gate.pass() })
        }
        try await withAPI(replace: hold) { api in
            async let first = api.post("/api/v1/links", Self.link, fields: ["Idempotency-Key": "k1"])
            try await eventually("the first request is at work") { gate.arrivals == 1 }
            let second = try await post(api, Self.link, key: "k1")
            expectProblem(second, 409, "request-in-flight")
            #expect(second["retry-after"] == "1")
            expectProblem(
                try await post(api, #"{"url":"https://example.com/b"}"#, key: "k1"), 422, "idempotency-key-reused")
            gate.open()
            let answer = try await first
            #expect(answer.status == 201)
            #expect(try await post(api, Self.link, key: "k1").body == answer.body)
        }
    }

    /// After a minute the process that had the key is taken to be dead; the store lets only one of the two have an effect.
    @Test func abandonedRequestIsTakenOver() async throws {
        let gate = Gate()
        let hold = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links, beforeInsert: { if gate.arrivals == 0 { await gate.pass() } })
        }
        try await withAPI(replace: hold) { api in
            async let first = api.post("/api/v1/links", Self.link, fields: ["Idempotency-Key": "k1"])
            try await eventually("the first request is at work") { gate.arrivals == 1 }
            api.clock.advance(by: .seconds(61))
            #expect(try await post(api, Self.link, key: "k1").status == 201)
            gate.open()
            expectProblem(try await first, 409, "request-in-flight")
            #expect(try await linkCount(api) == 1)
        }
    }

    @Test func failedRequestGivesItsKeyBack() async throws {
        let first = Once()
        let fail = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links,
                beforeInsert: { if first.take() { throw StoreError.unavailable(reason: "secret reason") } })
        }
        try await withAPI(replace: fail) { api in
            let failed = try await post(api, Self.link, key: "k1")
            expectProblem(failed, 503, "unavailable")
            #expect(failed["retry-after"] == "2")
            #expect(!failed.text.contains("secret reason"))
            let again = try await post(api, Self.link, key: "k1")
            #expect(again.status == 201)
            #expect(again["idempotency-replayed"] == nil)
        }
    }

    @Test func requestThatChangedNothingGivesItsKeyBack() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"taken"}"#)
            expectProblem(
                try await post(api, #"{"url":"https://example.com/","code":"taken"}"#, key: "k1"), 409, "alias-taken")
            #expect(try await post(api, #"{"url":"nonsense"}"#, key: "k1").complaints == ["/url not_absolute"])
            #expect(try await post(api, Self.link, key: "k1").status == 201)
        }
    }

    /// A batch of nothing but mistakes has no effect that a second one could have twice, and its answer is not kept.
    @Test func batchThatChangedNothingGivesItsKeyBack() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"taken"}"#)
            for items in [#"{"url":"nonsense"},5"#, #"{"url":"https://example.com/","code":"taken"}"#] {
                let first = try await post(api, #"{"links":[\#(items)]}"#, key: "k1", to: "/api/v1/links/batch")
                #expect(first.status == 200)
                let again = try await post(api, #"{"links":[\#(items)]}"#, key: "k1", to: "/api/v1/links/batch")
                #expect(again.body == first.body)
                #expect(again["idempotency-replayed"] == nil)
            }
            let good = try await post(api, #"{"links":[\#(Self.link)]}"#, key: "k1", to: "/api/v1/links/batch")
            #expect(good.json["results"]?[0]?["status"] == 201)
        }
    }

    @Test func keyIsForgottenAfterADay() async throws {
        try await withAPI { api async throws in
            #expect(try await post(api, Self.link, key: "k1").status == 201)
            let day = IdempotencySweeper.lifetime
            api.clock.advance(by: day)
            _ = await api.store.forgetIdempotencyKeys(before: api.clock.now.advanced(by: .zero - day))
            #expect(try await post(api, Self.link, key: "k1")["idempotency-replayed"] == "true")
            api.clock.advance(by: .milliseconds(1))
            _ = await api.store.forgetIdempotencyKeys(before: api.clock.now.advanced(by: .zero - day))
            #expect(try await post(api, Self.link, key: "k1")["idempotency-replayed"] == nil)
        }
    }

    @Test(arguments: ["", "with space", "ümlaut", String(repeating: "k", count: 256)])
    func impossibleKeyIsRefused(_ key: String) async throws {
        try await withAPI { api in
            expectProblem(try await post(api, Self.link, key: key), 400, "malformed-request")
            #expect(try await linkCount(api) == 0)
        }
    }

    @Test func longestKeyIsAccepted() async throws {
        try await withAPI { api async throws in
            let key = String(repeating: "~", count: 255)
            #expect(try await post(api, Self.link, key: key).status == 201)
            #expect(try await post(api, Self.link, key: key)["idempotency-replayed"] == "true")
        }
    }
}

/// Fails the first time that a reservation is given back, or that one is made: then it is made all the same.
private final class ForgetfulIdempotency: IdempotencyStore {
    private let store: any IdempotencyStore
    private let losesFirstReservation: Bool
    private let failures = Atomic<Int>(0)

    init(_ store: any IdempotencyStore, losesFirstReservation: Bool = false) {
        self.store = store
        self.losesFirstReservation = losesFirstReservation
    }

    var refusals: Int { failures.load(ordering: .relaxed) }

    func reserve(
        _ reservation: IdempotencyReservation, at now: Timestamp, abandonedBefore: Timestamp
    ) async throws -> ReservationOutcome {
        let outcome = try await store.reserve(reservation, at: now, abandonedBefore: abandonedBefore)
        if losesFirstReservation, isFirst() { throw StoreError.unavailable(reason: "the connection was lost") }
        return outcome
    }

    func release(_ reservation: IdempotencyReservation) async throws {
        if !losesFirstReservation, isFirst() { throw StoreError.unavailable(reason: "locked") }
        try await store.release(reservation)
    }

    private func isFirst() -> Bool {
        failures.compareExchange(expected: 0, desired: 1, ordering: .relaxed).exchanged
    }

    func forgetIdempotencyKeys(before time: Timestamp) async throws -> Int {
        try await store.forgetIdempotencyKeys(before: time)
    }
}
