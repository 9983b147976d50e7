import ShrinkrObservability
import Testing

@testable import ShrinkrAPI

/// Web pages of other origins use the API where a setting says so (CORS).
@Suite struct CrossOriginTests {
    private static let page = "https://app.example.com"
    private static let preflight: Fields = [
        "Origin": page, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    ]

    private func with(_ origins: String?, _ test: (TestAPI) async throws -> Void) async throws {
        let origins: CrossOrigins = try origins.map { try #require(CrossOrigins($0)) } ?? .nobody
        try await withAPI(configure: { $0.crossOrigins = origins }, test: test)
    }

    @Test func nothingIsSaidWithoutTheSetting() async throws {
        try await with(nil) { api in
            expectProblem(
                try await api.send("OPTIONS", "/api/v1/links", fields: Self.preflight), 405, "method-not-allowed")
            let answer = try await api.get("/api/v1/links", fields: ["Origin": Self.page])
            #expect(answer.fields.allSatisfy { !$0.name.lowercased().hasPrefix("access-control") })
            #expect(answer["vary"] == nil)
        }
    }

    @Test func preflightIsAnswered() async throws {
        try await with("\(Self.page), http://localhost:3000") { api in
            for path in ["/api/v1/links", "/api/v1/links/abc", "/api/v1/stats?from=x", "/openapi.yaml"] {
                let answer = try await api.send("OPTIONS", path, fields: Self.preflight)
                #expect(answer.status == 204)
                #expect(answer["access-control-allow-origin"] == Self.page)
                #expect(answer["access-control-allow-methods"] == "GET, HEAD, POST, PATCH, DELETE")
                #expect(answer["access-control-allow-headers"]?.contains("Authorization, Content-Type") == true)
                #expect(answer["access-control-allow-headers"]?.contains("If-Match, If-None-Match") == true)
                #expect(answer["access-control-allow-credentials"] == nil)
                #expect(answer["access-control-max-age"] == "600")
                let vary = answer.fields.filter { $0.name.lowercased() == "vary" }.map(\.value).joined(separator: ", ")
                #expect(vary == "Access-Control-Request-Method, Access-Control-Request-Headers, Origin")
            }
        }
    }

    @Test func preflightIsNamedCountedAndLogged() async throws {
        let lines = LogLines(showing: "request.id")
        try await withAPI(
            configure: {
                $0.crossOrigins = .everybody
                $0.accessLog = true
            }, replace: { $0.logger = lines.logger }
        ) { api in
            let answer = try await api.send("OPTIONS", "/api/v1/links", fields: Self.preflight)
            let id = try #require(answer["x-request-id"])
            #expect(lines.all.contains("info Request answered \(id)"))
            let labels = ["method": "OPTIONS", "route": "/api/v1/links", "status": "2xx"]
            #expect(try api.registry.counter("shrinkr_http_requests_total", help: "", labels: labels).value == 1)
        }
    }

    @Test func answersAndErrorsCarryTheFields() async throws {
        try await with(Self.page) { api in
            let fields: Fields = ["Origin": Self.page]
            let answers = [
                try await api.post("/api/v1/links", #"{"url":"https://example.com/"}"#, fields: fields),
                try await api.post("/api/v1/links", #"{"url":5}"#, fields: fields),
                try await api.get("/api/v1/links/missing", fields: fields),
                try await api.get("/api/v1/nothing", fields: fields),
                try await api.send("PUT", "/api/v1/links", fields: fields),
                // Answered before the router sees it.
                try await api.send(
                    "POST", "/api/v1/links", "{}", fields: ["Origin": Self.page, "Content-Length": "x"]),
                try await api.post(
                    "/api/v1/links", String(repeating: " ", count: 70_000), fields: fields),
            ]
            #expect(answers.map(\.status) == [201, 422, 404, 404, 405, 400, 413])
            for answer in answers where answer.status != 400 {
                #expect(answer["access-control-allow-origin"] == Self.page, "\(answer.status)")
                #expect(answer["access-control-expose-headers"]?.contains("ETag") == true)
                #expect(answer["vary"] == "Origin")
            }
        }
    }

    @Test(arguments: [
        "https://evil.example", "https://app.example.com.evil.example", "http://app.example.com",
        "https://app.example.com:8443", "null", "https://app.example.com/", "HTTPS://app.example.com", "",
    ])
    func otherOriginsGetNothing(_ origin: String) async throws {
        try await with(Self.page) { api in
            let fields: Fields = ["Origin": origin, "Access-Control-Request-Method": "POST"]
            let preflight = try await api.send("OPTIONS", "/api/v1/links", fields: fields)
            #expect(preflight.status == 405 && preflight["access-control-allow-origin"] == nil)
            let answer = try await api.get("/api/v1/links", fields: fields)
            #expect(answer.status == 200 && answer["access-control-allow-origin"] == nil)
            #expect(answer["vary"] == "Origin", "a cache must know that it depends")
        }
    }

    @Test func starIsForEverybody() async throws {
        try await with("*") { api in
            let answer = try await api.send("OPTIONS", "/api/v1/links", fields: Self.preflight)
            #expect(answer.status == 204 && answer["access-control-allow-origin"] == "*")
            #expect(try await api.get("/api/v1/links")["access-control-allow-origin"] == nil, "no page asked")
        }
    }

    @Test func linksAreFollowedByBrowsersNotByPages() async throws {
        try await with(Self.page) { api in
            let code = try await api.create(#"{"url":"https://example.com/"}"#)
            let answer = try await api.get("/\(code)", fields: ["Origin": Self.page])
            #expect(answer.status == 302 && answer["access-control-allow-origin"] == nil)
            #expect(try await api.send("OPTIONS", "/\(code)", fields: Self.preflight).status == 405)
        }
    }

    @Test(arguments: [
        "https://app.example.com", "http://localhost:3000,https://b.example", "HTTPS://APP.example.com",
        "app://obsidian.md", "http://[::1]:3000",
    ])
    func originIsRead(_ text: String) {
        #expect(CrossOrigins(text) != nil)
    }

    @Test(arguments: [
        "", ",", "app.example.com", "https://app.example.com/", "https://app.example.com/x", "https://", "null",
        "*,https://a.example", "https://*.example.com", "https://a.example,", "https://u@a.example", "://x", "1a://x",
    ])
    func noOrigin(_ text: String) {
        #expect(CrossOrigins(text) == nil)
    }

    @Test(arguments: [
        ("http://localhost:3000", true), ("http://127.0.0.1", true), ("http://[::1]:1", true), ("*", false),
        ("https://app.example.com", false), ("http://localhost.example.com", false),
        ("http://localhost,https://a.example", false),
    ])
    func localOrigins(_ text: String, _ isLocal: Bool) throws {
        #expect(try #require(CrossOrigins(text)).isLocal == isLocal)
    }
}
