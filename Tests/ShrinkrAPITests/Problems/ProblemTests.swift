import ShrinkrStore
import Testing

@testable import ShrinkrAPI

/// Every kind of problem document (RFC 9457) that needs no story of its own.
@Suite struct ProblemTests {
    @Test(arguments: ["/a/b", "/api", "/api/v1", "/api/v2/links", "/api/v1/links/a/b", "/api/v1/links/a/qr/b"])
    func unknownPathIsNotFound(_ path: String) async throws {
        try await withAPI { api in
            expectProblem(try await api.get(path), 404, "not-found")
            expectProblem(try await api.post(path, "{}"), 404, "not-found")
        }
    }

    @Test(arguments: ["/favicon.ico", "/index.html", "/wp-login.php"])
    func pathThatNoCodeCanHaveIsNotFound(_ path: String) async throws {
        try await withAPI { api in
            expectProblem(try await api.get(path), 404, "not-found")
        }
    }

    @Test(arguments: [
        ("/api/v1/links", "GET, HEAD, POST"), ("/api/v1/links/batch", "POST"),
        ("/api/v1/links/abc", "DELETE, GET, HEAD, PATCH"), ("/api/v1/links/abc/stats", "GET, HEAD"),
        ("/api/v1/stats", "GET, HEAD"), ("/api/v1/keys", "GET, HEAD, POST"), ("/api/v1/keys/abc", "DELETE"),
        ("/api/v1/links/abc/restore", "POST"), ("/abc+", "GET, HEAD, POST"),
        ("/health", "GET, HEAD"), ("/openapi.yaml", "GET, HEAD"), ("/robots.txt", "GET, HEAD"),
    ])
    func otherMethodIsNamedWithTheAllowedOnes(_ path: String, _ allow: String) async throws {
        try await withAPI { api in
            for method in ["PUT", "OPTIONS", "TRACE", "PROPFIND"] {
                let answer = try await api.send(method, path)
                expectProblem(answer, 405, "method-not-allowed")
                #expect(answer["allow"] == allow, "\(method)")
            }
        }
    }

    @Test(arguments: [
        "", "{", #"{"url":"https://example.com/"} x"#, #"{"url":"https://example.com/",}"#, "{'url':1}",
        #"{"url":"a"#, "nonsense", "[]", #""text""#, "5", "null", "true", #"{"url":"\ud800"}"#, #"{"url":"\x"}"#,
        "{\"url\":\"a\u{1}b\"}", #"{"url":01}"#, #"{"url":NaN}"#, "\u{FEFF}", "\u{FEFF}\u{FEFF}{}", "{\u{FEFF}}",
    ])
    func bodyThatIsNoJSONObjectIsMalformed(_ body: String) async throws {
        try await withAPI { api in
            expectProblem(try await api.post("/api/v1/links", body), 400, "malformed-request")
            expectProblem(try await api.post("/api/v1/links/batch", body), 400, "malformed-request")
        }
    }

    /// RFC 8259, section 8.1: JSON is UTF-8. A body in another encoding must not be taken by guessing.
    @Test func bodyInUTF16IsMalformed() async throws {
        let text = #"{"url":"https://example.com/"}"#
        let little = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        try await withAPI { api in
            // All of them below U+0080, so the bytes are a text too.
            let body = String(decoding: little, as: UTF8.self)
            expectProblem(try await api.post("/api/v1/links", body), 400, "malformed-request")
            let type: Fields = ["Content-Type": "application/json; charset=utf-16"]
            expectProblem(try await api.post("/api/v1/links", text, fields: type), 415, "unsupported-media-type")
        }
    }

    @Test func deeplyNestedBodyIsMalformed() async throws {
        try await withAPI { api in
            let body = #"{"url":"# + String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000) + "}"
            expectProblem(try await api.post("/api/v1/links", body), 400, "malformed-request")
            #expect(try await api.get("/health").status == 200)
        }
    }

    /// How clients name JSON in UTF-8.
    @Test(arguments: [
        "application/json", "application/json; charset=utf8", "application/json;charset=UTF-8", "Application/JSON",
        #"application/json; charset="utf-8""#, #"application/json ; Charset = "UTF8" ; x=y"#, "application/json;",
        #"application/json; profile="a;charset=latin1"; charset=utf-8"#, "application/json; version=1",
        "application/json; charset=us-ascii", "application/json; charset", "application/json;charset=utf-8;charset=x",
    ])
    func jsonInUTF8IsRead(_ type: String) async throws {
        try await withAPI { api async throws in
            let body = #"{"url":"https://example.com/"}"#
            #expect(try await api.post("/api/v1/links", body, fields: ["Content-Type": type]).status == 201)
            #expect(
                try await api.post("/api/v1/links", "\u{FEFF}" + body, fields: ["Content-Type": type]).status == 201)
        }
    }

    @Test(arguments: ["gzip", "br", "x-gzip", "identity, gzip", "GZIP", "utf-8", "e\u{301}"])
    func encodedBodyIsNotRead(_ encoding: String) async throws {
        try await withAPI { api in
            let body = #"{"url":"https://example.com/"}"#
            let answer = try await api.post("/api/v1/links", body, fields: ["Content-Encoding": encoding])
            expectProblem(answer, 415, "unsupported-media-type")
            #expect(answer["accept-encoding"] == "identity")
            for plain in ["", "identity", "Identity"] {
                #expect(try await api.post("/api/v1/links", body, fields: ["Content-Encoding": plain]).status == 201)
            }
        }
    }

    /// A browser that guesses at types must not take a text of a client's for a page.
    @Test func nobodyGuessesAtTypes() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","title":"<script>"}"#)
            for target in [
                "/api/v1/links/mine", "/api/v1/links?limit=0", "/nothing", "/mine+", "/health", "/robots.txt",
            ] {
                #expect(try await api.get(target)["x-content-type-options"] == "nosniff", "\(target)")
            }
        }
    }

    @Test(arguments: [
        "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "", "application/json\u{301}",
        "application/json; charset=iso-8859-1", "application/json, application/json",
        "application/json; charset=utf\u{301}8",
    ])
    func otherContentTypeIsNotRead(_ type: String) async throws {
        try await withAPI { api in
            let answer = try await api.post(
                "/api/v1/links", #"{"url":"https://example.com/"}"#, fields: ["Content-Type": type])
            expectProblem(answer, 415, "unsupported-media-type")
            #expect(answer["accept-patch"] == nil)
        }
    }

    @Test func missingContentTypeIsNotRead() async throws {
        try await withAPI { api in
            expectProblem(
                try await api.send("POST", "/api/v1/links", fields: ["Content-Length": "0"]), 415,
                "unsupported-media-type")
        }
    }

    @Test func errorOfAnUnknownKindTellsNothing() async throws {
        struct Surprise: Error { let secret = "do not tell" }
        let fail = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(base: dependencies.links, beforeRead: { throw Surprise() })
        }
        try await withAPI(replace: fail) { api in
            for path in ["/abc", "/abc+", "/api/v1/links/abc"] {
                let answer = try await api.get(path)
                expectProblem(answer, 500, "internal")
                #expect(!answer.text.contains("do not tell"))
                #expect(!answer.text.contains("Surprise"))
            }
        }
    }

    @Test func storeThatDoesNotAnswerIsUnavailable() async throws {
        let fail = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links, beforeRead: { throw StoreError.unavailable(reason: "locked") })
        }
        try await withAPI(replace: fail) { api in
            let answer = try await api.get("/abc")
            expectProblem(answer, 503, "unavailable")
            #expect(answer["retry-after"] == "2")
        }
    }

    @Test func problemIsNotCached() async throws {
        try await withAPI { api in
            let answer = try await api.get("/nothing")
            #expect(answer["cache-control"] == "no-store")
        }
    }

    @Test func headGetsNoBody() async throws {
        try await withAPI { api in
            let answer = try await api.send("HEAD", "/nothing")
            #expect(answer.status == 404)
            #expect(answer["content-type"] == "application/problem+json")
            #expect(answer["content-length"] != "0")
        }
    }
}
