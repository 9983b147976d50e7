import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import Testing

@testable import ShrinkrAPI

@Suite struct ShutdownTests {
    @Test func healthFollowsReadiness() async throws {
        try await withAPI { api in
            let ready = try await api.get("/health")
            #expect(ready.status == 200)
            #expect(ready.json == ["status": "ok"])
            #expect(ready["cache-control"] == "no-store")
            #expect(try await api.send("HEAD", "/health").status == 200)
            // Redirects go on, so no load balancer is to turn away.
            api.readiness.markNotReady(API.journalComponent, reason: "the disk is full")
            let degraded = try await api.get("/health")
            #expect(degraded.status == 200)
            #expect(degraded.json == ["status": "degraded"])
            api.readiness.beginDraining()
            let draining = try await api.get("/health")
            #expect(draining.status == 503)
            #expect(draining["content-type"] == "application/json")
            #expect(draining.json == ["status": "unavailable"])
        }
    }

    /// Load balancers have to learn of a shutdown before connections are refused.
    @Test func shutdownBeginsWithNotReady() async throws {
        let queue = RecordingQueue()
        let slow = { (configuration: inout APIConfiguration) in configuration.drainDelay = .seconds(1) }
        try await withAPI(configure: slow, replace: { $0.queue = queue }) { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            #expect(api.readiness.isReady)
            await api.shutDown()
            try await eventually("the API says that it is not ready") { !api.readiness.isReady }
            // New connections are still taken, and redirects answered: the last answer on each connection.
            #expect(try await api.get("/health").status == 503)
            let redirect = try await api.get("/mine")
            #expect(redirect.status == 302)
            #expect(redirect["connection"] == "close")
            try await eventually("the listener closes") { (try? await api.get("/health")) == nil }
        }
        #expect(try queue.clicks().map(\.code.text) == ["mine"])
    }

    @Test func requestInFlightIsFinished() async throws {
        let gate = Gate()
        let hold = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(base: dependencies.links, beforeInsert: { await gate.pass() })
        }
        try await withAPI(replace: hold) { api in
            let connection = try await Connection.open(api.port)
            try await connection.send(api.requestText("GET", "/health"))
            #expect(try await connection.answer().status == 200)
            try await connection.send(api.requestText("POST", "/api/v1/links", #"{"url":"https://example.com/"}"#))
            try await eventually("the request is at work") { gate.arrivals == 1 }
            await api.shutDown()
            try await eventually("the listener closes") { (try? await api.get("/health")) == nil }
            gate.open()
            #expect(try await connection.answer().status == 201)
            #expect(try await connection.rest() == "")
            await connection.close()
        }
    }

    @Test func idleConnectionDoesNotHoldUpTheShutdown() async throws {
        // Whoever waited for the idle timeout would wait longer than `rest` has patience.
        try await withAPI(configure: { $0.limits.idleTimeout = patience * 5 }) { api in
            let connection = try await Connection.open(api.port)
            try await connection.send(api.requestText("GET", "/health"))
            #expect(try await connection.answer().status == 200)
            await api.shutDown()
            #expect(try await connection.rest() == "")
        }
    }

    /// Its client could not know of the shutdown.
    @Test func requestOnItsWayIsAnswered() async throws {
        try await withAPI { api in
            let connection = try await Connection.open(api.port)
            try await connection.send(api.requestText("GET", "/health"))
            let before = try await connection.answer()
            #expect(before["connection"] == nil)
            await api.shutDown()
            try await eventually("the listener closes") { (try? await api.get("/health")) == nil }
            try await connection.send(api.requestText("GET", "/health"))
            let last = try await connection.answer()
            #expect(last.status == 503)
            #expect(last["connection"] == "close")
            #expect(try await connection.rest() == "")
        }
    }

    /// Every click of an answered redirect has reached the queue when the program ends.
    @Test func clicksAreSentBeforeTheEnd() async throws {
        let queue = RecordingQueue()
        try await withAPI(replace: { $0.queue = queue }) { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            for _ in 0..<25 { #expect(try await api.get("/mine").status == 302) }
        }
        #expect(try queue.clicks().count == 25)
    }
}
