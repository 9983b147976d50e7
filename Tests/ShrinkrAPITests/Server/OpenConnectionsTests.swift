import NIOCore
import Testing

@testable import ShrinkrAPI

/// What happens when there are as many connections as there may be.
@Suite struct OpenConnectionsTests {
    private func withFewConnections(_ count: Int, _ test: (TestAPI) async throws -> Void) async throws {
        let configure = { (configuration: inout APIConfiguration) in
            configuration.limits.connections = count
            configuration.limits.idleTimeout = .seconds(3_600)
            configuration.limits.bodyTimeout = .seconds(3_600)
        }
        try await withAPI(configure: configure, test: test)
    }

    @Test func idleConnectionsMakeRoom() async throws {
        try await withFewConnections(4) { api in
            var idle: [Connection] = []
            for _ in 0..<12 { idle.append(try await Connection.open(api.port)) }
            #expect(try await api.get("/health").status == 200)
            for connection in idle { await connection.close() }
        }
    }

    /// Neither a header that comes slowly nor an earlier request makes a connection less idle.
    @Test func connectionsWithoutAWholeRequestMakeRoom() async throws {
        try await withFewConnections(4) { api in
            var idle: [Connection] = []
            for number in 0..<8 {
                let connection = try await Connection.open(api.port)
                try await connection.send(number % 2 == 0 ? "GET /health HTTP/1.1\r\nX-Slow: " : "\r\n")
                idle.append(connection)
            }
            #expect(try await api.get("/health").status == 200)
            for connection in idle { await connection.close() }
        }
    }

    @Test func requestsInFlightAreKept() async throws {
        let gate = Gate()
        let hold = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(base: dependencies.links, beforeInsert: { await gate.pass() })
        }
        let configure = { (configuration: inout APIConfiguration) in configuration.limits.connections = 3 }
        try await withAPI(configure: configure, replace: hold) { api in
            var busy: [Connection] = []
            for _ in 0..<2 {
                let connection = try await Connection.open(api.port)
                try await connection.send(
                    api.requestText("POST", "/api/v1/links", #"{"url":"https://example.com/"}"#))
                busy.append(connection)
            }
            try await eventually("both are at work") { gate.arrivals == 2 }
            var idle: [Connection] = []
            for _ in 0..<6 { idle.append(try await Connection.open(api.port)) }
            #expect(try await api.get("/health").status == 200)
            gate.open()
            for connection in busy { #expect(try await connection.answer().status == 201) }
            for connection in busy + idle { await connection.close() }
        }
    }

    @Test(arguments: [
        (4_096, 20_000, 4_096), (4_096, 4_480, 4_096), (4_096, 4_479, 4_096 + 255 - 256), (4_096, 1_024, 840),
        (100, 1_024, 100), (100, 200, 68), (100, 50, 1), (1, 1_024, 1),
    ])
    func openFilesLimitConnections(_ configured: Int, _ files: Int, _ possible: Int) {
        let limit = ConnectionLimit(configured: configured, files: files)
        #expect(limit.connections == possible)
        #expect(files < 200 || limit.connections + limit.perTurn + ConnectionLimit.reservedFiles <= files)
    }
}
