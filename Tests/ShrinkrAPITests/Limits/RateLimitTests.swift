import ClickQueue
import ShrinkrBase
import ShrinkrObservability
import StoreTestSupport
import Testing

@testable import ShrinkrAPI
@testable import ShrinkrStore

/// What is refused with 429, and what is not.
@Suite struct RateLimitTests {
    private static let link = #"{"url":"https://example.com/"}"#
    private let clock = ManualClock()

    private func withLimits(
        _ change: (inout RateLimits) -> Void, configure: (inout APIConfiguration) -> Void = { _ in },
        test: (TestAPI) async throws -> Void
    ) async throws {
        try await withAPI(
            configure: {
                change(&$0.rateLimits)
                configure(&$0)
            }, replace: { $0.time = MonotonicTime(clock) }, test: test)
    }

    private func expectLimited(_ answer: Answer, _ policy: String, q: Int, w: Int = 60, t: Int) {
        expectProblem(answer, 429, "rate-limited")
        #expect(answer.json["policy"] == .string(policy))
        #expect(answer["ratelimit-policy"] == "\"\(policy)\";q=\(q);w=\(w)")
        #expect(answer["ratelimit"] == "\"\(policy)\";r=0;t=\(t)")
        #expect(answer["retry-after"] == "\(t)")
    }

    private func refusals(_ api: TestAPI, _ policy: String) throws -> UInt64 {
        try api.registry.counter("shrinkr_rate_limited_total", help: "", labels: ["policy": policy]).value
    }

    @Test func wrongKeysAreLimitedBeforeAnyIsLookedUp() async throws {
        let store = CountingKeyStore(base: MemoryStore())
        try await withAPI(
            configure: { $0.rateLimits.wrongKeys = RateLimit(count: 3, seconds: 60) },
            replace: {
                $0.keys = store
                $0.time = MonotonicTime(clock)
            }
        ) { api async throws in
            for number in 0..<3 {
                let answer = try await api.get("/api/v1/links", fields: ["X-Api-Key": "wrong\(number)"])
                expectProblem(answer, 401, "unauthorized")
                #expect(answer["ratelimit"] == nil)
            }
            let reads = store.reads
            for _ in 0..<5 {
                let answer = try await api.get("/api/v1/links", fields: ["X-Api-Key": APIKey().text])
                expectLimited(answer, "wrong-keys", q: 3, t: 20)
            }
            #expect(store.reads == reads)
            #expect(try refusals(api, "wrong-keys") == 5)
            clock.advance(by: .seconds(20))
            expectProblem(
                try await api.get("/api/v1/links", fields: ["X-Api-Key": "wrong"]), 401, "unauthorized")
        }
    }

    /// A shared address does not lock out who has a right key.
    @Test func rightKeysGoOnWorking() async throws {
        try await withLimits({ $0.wrongKeys = RateLimit(count: 3, seconds: 60) }) {
            $0.bootstrapKey = "opensesame"
        } test: { api async throws in
            let used = try await api.addKey(.linksRead)
            func status(_ key: String) async throws -> Int {
                try await api.get("/api/v1/links", fields: ["Authorization": "Bearer \(key)"]).status
            }
            // Right keys take nothing away.
            for _ in 0..<10 { #expect(try await status(used) == 200) }
            let made = try await api.post(
                "/api/v1/keys", #"{"name":"n","scopes":["links:read"]}"#, fields: ["X-Api-Key": "opensesame"])
            for _ in 0..<3 { #expect(try await status("wrong") == 401) }
            #expect(try await status("wrong") == 429)
            #expect(try await status(used) == 200)
            #expect(try await status("opensesame") == 200)
            #expect(try await status(try #require(made.json["key"]?.text)) == 200)
            // One that was never seen to be right has to wait.
            let unused = try await api.addKey(.linksRead)
            #expect(try await status(unused) == 429)
            clock.advance(by: .seconds(20))
            #expect(try await status(unused) == 200)
            // And one that is right no more is none.
            _ = await api.store.revokeAPIKey(String(used.split(separator: "_")[1]), at: api.clock.now)
            #expect(try await status(used) == 401)
            for _ in 0..<3 { _ = try await status("wrong") }
            #expect(try await status(used) == 429)
        }
    }

    /// The key from the configuration can be guessed at as little as any other.
    @Test func guessesAtTheBootstrapKeyAreLimited() async throws {
        try await withLimits({ $0.wrongKeys = RateLimit(count: 3, seconds: 60) }) {
            $0.bootstrapKey = "opensesame"
        } test: { api async throws in
            func status(_ key: String) async throws -> Int {
                try await api.get("/api/v1/links", fields: ["X-Api-Key": key]).status
            }
            for _ in 0..<3 { #expect(try await status("wrong") == 401) }
            #expect(try await status("opensesame") == 429)
            clock.advance(by: .seconds(20))
            for _ in 0..<5 { #expect(try await status("opensesame") == 200) }
            #expect(try await status("wrong") == 401)
            #expect(try await status("wrong") == 429)
            #expect(try await status("opensesame") == 200)
        }
    }

    /// Also not by whoever has asked for too many that there are not.
    @Test func linksThatHaveNotStartedCannotBeToldFromNone() async throws {
        try await withLimits({ $0.unknownCodes = RateLimit(count: 4, seconds: 3_600) }) { api async throws in
            try await api.create(#"{"url":"https://example.com/","code":"soon","starts_at":"2027-01-01T00:00:00Z"}"#)
            let requests = [("GET", ""), ("GET", "+"), ("DELETE", ""), ("POST", "+")]
            for (method, end) in requests { #expect(try await api.send(method, "/soon\(end)").status != 429) }
            for (method, end) in requests {
                #expect(try await api.send(method, "/soon\(end)").status == 429)
                #expect(try await api.send(method, "/none\(end)").status == 429)
            }
        }
    }

    @Test func replaysMakeNoLinksAndCountForNone() async throws {
        try await withLimits({ $0.creates = RateLimit(count: 2, seconds: 3_600) }) { api async throws in
            for (path, body) in [("", Self.link), ("/batch", #"{"links":[\#(Self.link)]}"#)] {
                for _ in 0..<3 {
                    let answer = try await api.post("/api/v1/links\(path)", body, fields: ["Idempotency-Key": "one"])
                    #expect((200...201).contains(answer.status))
                    #expect(answer["ratelimit"]?.hasPrefix("\"creates\";r=\(path.isEmpty ? 1 : 0);") == true)
                }
            }
            let fields: Fields = ["Idempotency-Key": "two"]
            #expect(try await api.post("/api/v1/links", Self.link, fields: fields).status == 429)
            clock.advance(by: .seconds(3_600))
            #expect(try await api.post("/api/v1/links", Self.link, fields: fields).status == 201)
        }
    }

    @Test func unknownCodesAreLimitedAndLinksAreNot() async throws {
        try await withLimits({ $0.unknownCodes = RateLimit(count: 4, seconds: 60) }) { api async throws in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            for (method, target) in [("GET", "/no"), ("HEAD", "/no"), ("GET", "/no+"), ("GET", "/no/.")] {
                #expect(try await api.send(method, target).status == 404)
            }
            expectLimited(try await api.get("/no"), "unknown-codes", q: 4, t: 15)
            expectLimited(try await api.get("/no+"), "unknown-codes", q: 4, t: 15)
            #expect(try await api.send("HEAD", "/no").status == 429)
            for _ in 0..<10 {
                #expect(try await api.get("/mine").status == 302)
                #expect(try await api.get("/mine+").status == 200)
            }
            try await api.create(#"{"url":"https://example.com/","code":"new"}"#)
            #expect(try await api.get("/new").status == 302)
            #expect(try refusals(api, "unknown-codes") == 3)
            clock.advance(by: .seconds(60))
            #expect(try await api.get("/no").status == 404)
        }
    }

    /// What browsers and crawlers ask every host for, and whatever else can be no code, is no guess at one.
    @Test func whatIsNoCodeIsNotCounted() async throws {
        try await withLimits({ $0.unknownCodes = RateLimit(count: 1, seconds: 60) }) { api async throws in
            for path in [
                "/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-120x120-precomposed.png", "/sitemap.xml",
                "/security.txt", "/%00", "/no/x",
            ] {
                for _ in 0..<3 { #expect(try await api.get(path).status == 404, "\(path)") }
            }
            #expect(try await api.get("/robots.txt").status == 200)
            #expect(try await api.get("/no").status == 404)
            #expect(try await api.get("/no").status == 429)
        }
    }

    @Test func clientsAddressCountsBehindATrustedProxy() async throws {
        try await withLimits({ $0.unknownCodes = RateLimit(count: 1, seconds: 60) }) {
            $0.trustedProxies = [IPNetwork("127.0.0.0/8")].compactMap { $0 }
        } test: { api async throws in
            func status(_ client: String) async throws -> Int {
                try await api.get("/no", fields: ["X-Forwarded-For": client]).status
            }
            #expect(try await status("192.0.2.1") == 404)
            #expect(try await status("192.0.2.1") == 429)
            #expect(try await status("192.0.2.2") == 404)
            #expect(try await status("198.51.100.1, 192.0.2.2") == 429)
            #expect(try await status("2001:db8::1") == 404)
            #expect(try await status("2001:db8::2") == 429)
        }
    }

    @Test func whoIsNotTrustedIsOneClient() async throws {
        try await withLimits({ $0.unknownCodes = RateLimit(count: 1, seconds: 60) }) { api async throws in
            #expect(try await api.get("/no", fields: ["X-Forwarded-For": "192.0.2.1"]).status == 404)
            #expect(try await api.get("/no", fields: ["X-Forwarded-For": "192.0.2.2"]).status == 429)
        }
    }

    @Test func linksAreCountedByKeyAndInBatchesToo() async throws {
        try await withLimits({ $0.creates = RateLimit(count: 5, seconds: 60) }) { api async throws in
            let (one, other) = (try await api.addKey(.linksWrite), try await api.addKey(.linksWrite))
            let batch = #"{"links":[\#(Self.link),\#(Self.link),{"url":5}]}"#
            let first = try await api.post("/api/v1/links", Self.link, fields: ["X-Api-Key": one])
            #expect(first.status == 201)
            #expect(first["ratelimit-policy"] == #""creates";q=5;w=60"#)
            #expect(first["ratelimit"] == #""creates";r=4;t=12"#)
            // What is wrong makes no link and counts for none.
            let second = try await api.post("/api/v1/links/batch", batch, fields: ["X-Api-Key": one])
            #expect(second.status == 200)
            #expect(second["ratelimit"] == #""creates";r=2;t=36"#)
            for _ in 0..<9 { _ = try await api.post("/api/v1/links", "{}", fields: ["X-Api-Key": one]) }
            _ = try await api.post("/api/v1/links", Self.link, fields: ["X-Api-Key": one])
            let refused = try await api.post("/api/v1/links/batch", batch, fields: ["X-Api-Key": one])
            expectProblem(refused, 429, "rate-limited")
            #expect(refused["retry-after"] == "12")
            #expect(await api.store.links.count == 4)
            #expect(try await api.post("/api/v1/links", Self.link, fields: ["X-Api-Key": other]).status == 201)
            #expect(try refusals(api, "creates") == 1)
        }
    }

    @Test func whoNeedsNoKeyIsLimitedToo() async throws {
        try await withLimits({ $0.creates = RateLimit(count: 1, seconds: 3_600) }) { api async throws in
            #expect(try await api.post("/api/v1/links", Self.link).status == 201)
            expectLimited(try await api.post("/api/v1/links", Self.link), "creates", q: 1, w: 3_600, t: 3_600)
        }
    }

    @Test func limitsCanBeSwitchedOff() async throws {
        try await withLimits({ ($0.wrongKeys, $0.unknownCodes, $0.creates) = (nil, nil, nil) }) { api async throws in
            for _ in 0..<100 {
                #expect(try await api.get("/no").status == 404)
                #expect(try await api.get("/api/v1/links", fields: ["X-Api-Key": "wrong"]).status == 401)
            }
            #expect(try await api.post("/api/v1/links", Self.link)["ratelimit"] == nil)
        }
    }

    @Test func limitsAreOnByDefault() {
        let limits = RateLimits()
        #expect(limits.wrongKeys == RateLimit(count: 60, seconds: 60))
        #expect(limits.unknownCodes == RateLimit(count: 600, seconds: 60))
        #expect(limits.creates == RateLimit(count: 6_000, seconds: 60))
    }
}
