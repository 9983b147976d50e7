import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore
import Synchronization
import Testing

@testable import ShrinkrAPI

/// Lists, searches, statistics and batches: few at a time, not for long, and never in the way of redirects.
@Suite struct CostlyWorkTests {
    /// An API whose searches wait at a gate; lists do not.
    private func withSlowSearches(
        timeout: Duration = .seconds(600), _ test: (TestAPI, Gate) async throws -> Void
    ) async throws {
        let gate = Gate()
        let slow = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links,
                beforeList: { query in
                    guard query.search != nil else { return }
                    await gate.pass()
                    try Task.checkCancellation()
                })
        }
        try await withAPI(configure: { $0.queryTimeout = timeout }, replace: slow) { try await test($0, gate) }
    }

    @Test func furtherSearchesWaitAndTooManyAreRefused() async throws {
        try await withSlowSearches { api, gate in
            let code = try await api.create(#"{"url":"https://example.com/"}"#)
            var searches: [Connection] = []
            for _ in 0..<40 {
                let connection = try await Connection.open(api.port)
                try await connection.send(api.requestText("GET", "/api/v1/links?q=a"))
                searches.append(connection)
            }
            try await eventually("a search is at work") { gate.arrivals > 0 }
            let labels = ["method": "GET", "route": "/api/v1/links", "status": "5xx"]
            let refusals = try api.registry.counter("shrinkr_http_requests_total", help: "", labels: labels)
            try await eventually("the others wait or are refused") { refusals.value >= 40 - 16 - 2 }
            #expect(gate.arrivals <= 2)
            let refused = try await api.get("/api/v1/stats")
            expectProblem(refused, 503, "unavailable")
            #expect(refused["retry-after"] != nil)
            // Nobody else has to wait.
            #expect(try await api.get("/\(code)").status == 302)
            #expect(try await api.get("/api/v1/links").status == 200)
            #expect(try await api.get("/api/v1/keys").status == 200)
            gate.open()
            var statuses: [Int: Int] = [:]
            for connection in searches { statuses[try await connection.answer().status, default: 0] += 1 }
            #expect(Set(statuses.keys) == [200, 503])
            #expect((17...18).contains(statuses[200] ?? 0))
            #expect(try await api.get("/api/v1/stats").status == 200)
        }
    }

    @Test func searchPastItsTimeIsCancelled() async throws {
        try await withSlowSearches(timeout: .milliseconds(300)) { api, gate in
            // More than run at a time: what waited gives its place back too.
            for _ in 0..<3 {
                let answer = try await api.get("/api/v1/links?q=a")
                expectProblem(answer, 503, "unavailable")
                #expect(answer["retry-after"] != nil)
            }
            gate.open()
            #expect(try await api.get("/api/v1/links?q=a").status == 200)
        }
    }

    @Test func clientThatLeavesEndsItsSearch() async throws {
        try await withSlowSearches { api, gate in
            for number in 1...5 {
                let connection = try await Connection.open(api.port)
                try await connection.send(api.requestText("GET", "/api/v1/links?q=a"))
                // Each gets its turn only because the one before has given it back.
                try await eventually("the search begins") { gate.arrivals == number }
                await connection.close()
            }
            gate.open()
            #expect(try await api.get("/api/v1/links?q=a").status == 200)
        }
    }

    private static let batch = #"{"links":[{"url":"https://example.com/","code":"mine"}]}"#

    /// An API whose batches wait at a gate before they are inserted.
    private func withSlowBatches(
        timeout: Duration = .seconds(600), creates: Int = 6_000, _ test: (TestAPI, Gate) async throws -> Void
    ) async throws {
        let gate = Gate()
        let slow = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links,
                beforeInsert: {
                    await gate.pass()
                    try Task.checkCancellation()
                })
        }
        let configure = { (configuration: inout APIConfiguration) in
            configuration.queryTimeout = timeout
            configuration.rateLimits.creates = RateLimit(count: creates, seconds: 86_400)
        }
        try await withAPI(configure: configure, replace: slow) { try await test($0, gate) }
    }

    /// Nor does it use up what its caller may make: there are more attempts here than links allowed.
    @Test func batchPastItsTimeMakesNothingAndItsKeyIsFree() async throws {
        try await withSlowBatches(timeout: .milliseconds(300), creates: 2) { api, gate in
            let once: Fields = ["Idempotency-Key": "once"]
            for _ in 0..<3 {
                let answer = try await api.post("/api/v1/links/batch", Self.batch, fields: once)
                expectProblem(answer, 503, "unavailable")
                #expect(answer["retry-after"] != nil)
            }
            #expect(try await api.get("/api/v1/links").json["data"] == [])
            gate.open()
            let answer = try await api.post("/api/v1/links/batch", Self.batch, fields: once)
            #expect(answer.status == 200)
            #expect(answer["idempotency-replayed"] == nil)
            #expect(answer.json["results"]?[0]?["status"] == 201)
        }
    }

    @Test func clientThatLeavesEndsItsBatch() async throws {
        try await withSlowBatches { api, gate in
            for number in 1...5 {
                let connection = try await Connection.open(api.port)
                try await connection.send(api.requestText("POST", "/api/v1/links/batch", Self.batch))
                try await eventually("the batch begins") { gate.arrivals == number }
                await connection.close()
            }
            let last = try await Connection.open(api.port)
            try await last.send(api.requestText("POST", "/api/v1/links/batch", Self.batch))
            try await eventually("the last one has its turn") { gate.arrivals == 6 }
            gate.open()
            // None of those before it has made the link.
            #expect(try await last.answer().json["results"]?[0]?["status"] == 201)
            await last.close()
        }
    }

    @Test func fewBatchesRunAndTooManyAreRefused() async throws {
        try await withSlowBatches { api, gate in
            var batches: [Connection] = []
            for _ in 0..<40 {
                let connection = try await Connection.open(api.port)
                try await connection.send(api.requestText("POST", "/api/v1/links/batch", Self.batch))
                batches.append(connection)
            }
            let labels = ["method": "POST", "route": "/api/v1/links/batch", "status": "5xx"]
            let refusals = try api.registry.counter("shrinkr_http_requests_total", help: "", labels: labels)
            try await eventually("the others wait or are refused") { refusals.value >= 40 - 16 - 2 }
            #expect(gate.arrivals <= 2)
            // Searches have places of their own.
            #expect(try await api.get("/api/v1/links?q=a").status == 200)
            gate.open()
            var statuses: [Int: Int] = [:]
            for connection in batches { statuses[try await connection.answer().status, default: 0] += 1 }
            #expect(Set(statuses.keys) == [200, 503])
        }
    }

    /// A change that was made by the time it was cancelled is answered, and a replay says the same.
    @Test func batchThatWasMadeInTheLastMomentIsTold() async throws {
        let gate = Gate()
        let late = { (dependencies: inout APIDependencies) in
            // The gate lets the cancelled pass, as a store does that has just committed.
            dependencies.links = ScriptedLinkStore(base: dependencies.links, beforeInsert: { await gate.pass() })
        }
        try await withAPI(configure: { $0.queryTimeout = .milliseconds(300) }, replace: late) { api in
            let once: Fields = ["Idempotency-Key": "once"]
            let answer = try await api.post("/api/v1/links/batch", Self.batch, fields: once)
            #expect(answer.status == 200)
            let replay = try await api.post("/api/v1/links/batch", Self.batch, fields: once)
            #expect(replay["idempotency-replayed"] == "true")
            #expect(replay.json == answer.json)
        }
    }
}
