import Glibc
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import ShrinkrObservability

@Suite(.timeLimit(.minutes(5)), .ownThread) struct AdminServerTests {
    @Test func metricsAreServed() async throws {
        let registry = MetricsRegistry()
        try registry.counter("shrinkr_clicks_total", help: "h").increment(by: 3)
        try await withAdminServer(registry: registry) { port in
            var client = try RawClient(port: port)
            let response = try client.request("GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try Exposition(parsing: response.body).value("shrinkr_clicks_total") == "3")
        }
    }

    /// A page that made a browser believe that its name is ours (DNS rebinding) learns nothing; scrapers and probes ask by
    /// address.
    @Test func strangersNameIsRefused() async throws {
        try await withAdminServer { port in
            for host in ["localhost:\(port)", "127.0.0.1", "10.0.0.9:8001", "[2001:db8::1]", ""] {
                var client = try RawClient(port: port)
                #expect(try client.request("GET /metrics HTTP/1.1\r\nHost: \(host)\r\n\r\n").status == 200, "\(host)")
            }
            for (host, path) in [
                ("evil.example", "/metrics"), ("127.0.0.1.evil.example:8001", "/livez"), ("a", "/readyz"),
            ] {
                var client = try RawClient(port: port)
                let answer = try client.request("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                #expect(answer.status == 421)
                #expect(answer.text.contains("SHRINKR_ADMIN_HOSTS"))
            }
        }
    }

    @Test func readinessDecidesTheStatus() async throws {
        let readiness = Readiness(components: ["store"])
        try await withAdminServer(readiness: readiness) { port in
            var client = try RawClient(port: port)
            let starting = try client.request("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(starting.status == 503)
            #expect(starting.headers["content-type"] == "application/json")
            #expect(starting.text.contains("starting"))
            readiness.markReady("store")
            #expect(try client.request("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
            readiness.beginDraining()
            #expect(try client.request("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 503)
            #expect(try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
        }
    }

    @Test func aProgramThatHasToBeStartedAnewSaysSo() async throws {
        let reason = Mutex<String?>(nil)
        let readiness = Readiness(components: ["store"], restartReason: { reason.withLock { $0 } })
        readiness.markReady("store")
        try await withAdminServer(readiness: readiness) { port in
            var client = try RawClient(port: port)
            #expect(try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
            reason.withLock { $0 = "another \"password\"" }
            let answer = try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.status == 503)
            #expect(answer.text == #"{"status":"needs_restart","reason":"another \"password\""}"#)
            // Traffic is still wanted.
            #expect(try client.request("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
        }
    }

    @Test func aHeadRequestHasTheSameHeadAndNoBody() async throws {
        try await withAdminServer { port in
            var client = try RawClient(port: port)
            let get = try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let head = try client.request("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", hasBody: false)
            #expect(head.status == 200)
            #expect(head.headers == get.headers)
            // The connection is still in step: no body followed the head.
            #expect(try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").text == #"{"status":"alive"}"#)
        }
    }

    @Test(arguments: ["/", "/metrics/", "/metricsx", "/favicon.ico", "http://127.0.0.1/metrics"])
    func otherPathsAreUnknown(path: String) async throws {
        try await withAdminServer { port in
            var client = try RawClient(port: port)
            let response = try client.request("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            #expect(response.status == 404)
            #expect(response.headers["content-type"] == "application/problem+json")
            let problem = try JSONValue.parse(response.body)
            #expect(problem["status"] == .number(404))
            #expect(problem["type"] == .string("about:blank"))
            #expect(problem["title"] == .string("Not Found"))
        }
    }

    @Test(arguments: ["POST", "DELETE", "PUT", "OPTIONS"])
    func otherMethodsAreRefused(method: String) async throws {
        try await withAdminServer { port in
            var client = try RawClient(port: port)
            let response = try client.request(
                "\(method) /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab")
            #expect(response.status == 405)
            #expect(response.headers["allow"] == "GET, HEAD")
            #expect(try JSONValue.parse(response.body)["status"] == .number(405))
            #expect(try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withAdminServer { port in
            var client = try RawClient(port: port)
            try client.send(
                "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try client.receive().status == 200)
            #expect(try client.receive().status == 404)
            #expect(try client.receive().status == 503)
        }
    }

    @Test(arguments: [
        ("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200),
        ("GET /livez HTTP/1.0\r\n\r\n", 200),
        ("GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1025\r\n\r\n", 413),
        ("GET /" + String(repeating: "a", count: 5_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        ("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 5_000) + "\r\n\r\n", 431),
        ("GET /livez HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: y\r\n", count: 65) + "\r\n", 431),
        ("nonsense\r\n\r\n", 400),
    ])
    func theConnectionEndsAfter(request: String, status: Int) async throws {
        try await withAdminServer { port in
            var client = try RawClient(port: port)
            let response = try client.request(request)
            #expect(response.status == status)
            #expect(response.headers["connection"] == "close")
            #expect(try client.isClosedByPeer())
        }
    }

    @Test func aChunkedBodyIsBounded() async throws {
        try await withAdminServer { port in
            var client = try RawClient(port: port)
            let head = "POST /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk = "400\r\n" + String(repeating: "b", count: 1_024) + "\r\n"
            #expect(try client.request(head + chunk + "0\r\n\r\n").status == 405)
            #expect(try client.request(head + chunk + "1\r\nb\r\n").status == 413)
            #expect(try client.isClosedByPeer())
        }
    }

    @Test func aSilentConnectionIsClosed() async throws {
        var limits = AdminLimits()
        limits.exchangeTimeout = .milliseconds(100)
        try await withAdminServer(limits: limits) { port in
            #expect(try RawClient(port: port).isClosedByPeer())

            var idle = try RawClient(port: port)
            _ = try idle.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try idle.isClosedByPeer())
        }
    }

    @Test func aBusyConnectionOutlivesTheTimeout() async throws {
        var limits = AdminLimits()
        limits.exchangeTimeout = .milliseconds(500)
        try await withAdminServer(limits: limits) { port in
            var client = try RawClient(port: port)
            let end = ContinuousClock.now + .milliseconds(1_200)
            while ContinuousClock.now < end {
                #expect(try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
                usleep(10_000)
            }
        }
    }

    @Test func aTricklingRequestIsClosed() async throws {
        var limits = AdminLimits()
        limits.exchangeTimeout = .milliseconds(200)
        try await withAdminServer(limits: limits) { port in
            let client = try RawClient(port: port)
            try client.send("GET /livez HTTP/1.1\r\nX: ")
            var sent = 0
            while !client.isReadable(within: 10), sent < 1_000 {
                guard (try? client.send("y")) != nil else { break }
                sent += 1
            }
            #expect(sent > 1 && sent < 1_000)
            #expect(try client.isClosedByPeer())
        }
    }

    @Test func connectionsAreBounded() async throws {
        var limits = AdminLimits()
        limits.connections = 2
        try await withAdminServer(limits: limits) { port in
            var first = try RawClient(port: port)
            #expect(try first.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
            do {
                var second = try RawClient(port: port)
                #expect(try second.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
                #expect(try RawClient(port: port).isClosedByPeer())
                #expect(try first.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
            }
            #expect(try answersAgain(port: port))
        }
    }

    /// The server notices a little later that a client has gone, so this may take a few connections.
    private func answersAgain(port: Int) throws -> Bool {
        for _ in 0..<500 {
            var client = try RawClient(port: port)
            if let response = try? client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") {
                return response.status == 200
            }
            usleep(2_000)
        }
        return false
    }

    @Test func gracefulShutdownClosesAtOnce() async throws {
        try await testGracefulShutdown { trigger in
            try await withAdminServer { port in
                var client = try RawClient(port: port)
                #expect(try client.request("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").status == 200)
                trigger.triggerGracefulShutdown()
                // The server needs a thread of the pool to go on, so this one must not block it.
                while !client.isReadable(within: 0) { try await Task.sleep(for: .milliseconds(2)) }
                #expect(try client.isClosedByPeer())
            }
        }
    }

    @Test func aTakenPortIsAClearError() async throws {
        try await withAdminServer { port in
            let server = AdminServer(
                host: "127.0.0.1", port: port, registry: MetricsRegistry(), readiness: Readiness(components: []),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let error = await #expect(throws: ObservabilityError.self) { try await server.run() }
            #expect("\(server)" == "AdminServer(127.0.0.1:\(port))")
            let text = try #require(error).description
            #expect(text.hasPrefix("The admin server cannot listen on 127.0.0.1:\(port): "))
            #expect(text.contains("address already in use"))
        }
    }
}
