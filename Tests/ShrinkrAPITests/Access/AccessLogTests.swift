import Testing

@testable import ShrinkrAPI

@Suite struct AccessLogTests {
    private func lines(showing key: String, isOn: Bool = true) async throws -> [String] {
        let lines = LogLines(showing: key)
        try await withAPI(
            configure: {
                $0.bootstrapKey = "opensesame"
                $0.accessLog = isOn
            }, replace: { $0.logger = lines.logger }
        ) { api in
            let id: Fields = ["X-Request-Id": "r1"]
            _ = try await api.get("/missing?token=secret", fields: id)
            _ = try await api.get("/api/v1/links?limit=1", fields: ["X-Request-Id": "r1", "X-Api-Key": "opensesame"])
            let connection = try await Connection.open(api.port)
            try await connection.send("GET /broken HTTP/1.1\r\nHost: a b\r\nX-Request-Id: r1\r\n\r\n")
            #expect(try await connection.answer().status == 400)
            await connection.close()
        }
        return lines.all.filter { $0.hasPrefix("info Request answered") }
    }

    @Test(arguments: [
        ("http.path", [" /missing", " /api/v1/links", " /broken"]), ("http.status", [" 404", " 200", " 400"]),
        ("http.method", [" GET", " GET", " GET"]), ("caller", ["", " bootstrap", ""]),
        ("request.id", [" r1", " r1", " r1"]), ("client.address", [" 127.0.0.0", " 127.0.0.0", " 127.0.0.0"]),
    ])
    func everyRequestIsFound(_ key: String, _ values: [String]) async throws {
        #expect(try await lines(showing: key) == values.map { "info Request answered\($0)" })
    }

    @Test func durationAndSizeAreNumbers() async throws {
        for (key, count) in [("http.duration_us", 2), ("http.bytes", 3)] {
            let numbers = try await lines(showing: key).compactMap { Int($0.split(separator: " ").last ?? "") }
            #expect(numbers.count == count, "\(key)")
        }
    }

    @Test func nothingIsSaidUnlessItIsWanted() async throws {
        #expect(try await lines(showing: "request.id", isOn: false) == [])
    }
}
