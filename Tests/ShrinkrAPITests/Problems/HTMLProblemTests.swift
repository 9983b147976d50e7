import Testing

@testable import ShrinkrAPI

/// People who follow a dead link get a page, programs get a problem document.
@Suite struct HTMLProblemTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    @Test func browserGetsAPage() async throws {
        try await withAPI { api in
            let answer = try await api.get("/nothing", fields: ["Accept": Self.browser])
            #expect(answer.status == 404)
            #expect(answer["content-type"] == "text/html; charset=utf-8")
            #expect(answer["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(answer["x-robots-tag"] == "noindex")
            #expect(answer["cache-control"] == "no-store")
            #expect(answer["x-request-id"] != nil)
            #expect(answer.text.contains("<h1>Not found</h1>"))
        }
    }

    @Test func deadLinkSaysWhyOnThePage() async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/secret","code":"old","expires_at":"2026-03-10T12:00:01Z"}"#)
            api.clock.advance(by: .seconds(1))
            let answer = try await api.get("/old", fields: ["Accept": Self.browser])
            #expect(answer.status == 410)
            #expect(answer.text.contains("The link has expired."))
            #expect(!answer.text.contains("secret"))
        }
    }

    @Test(arguments: [
        "*/*", "application/json, text/html", "application/problem+json,text/html;q=0.1", "image/png", "",
        "text/html;q=0.1, application/problem+json", "text/html;q=0", "text/html; q=0.5, application/json;q=0.51",
        "application/*, text/html;q=0.9", "text/html;q=0.1, */*;q=0.9",
        "text/html;q=0.5, application/*;q=0.6, */*;q=0.1",
        "text/html\u{301}", "text/htmlx", "x/text/html", String(repeating: "t,", count: 32) + "text/html",
    ])
    func programGetsAProblem(_ accept: String) async throws {
        try await withAPI { api in
            expectProblem(try await api.get("/nothing", fields: ["Accept": accept]), 404, "not-found")
        }
    }

    @Test(arguments: [
        "text/html", "TEXT/HTML;level=1", "application/json;q=0.9, text/html", "text/html;q=0.1, image/png",
        "*/*, text/html", "text/html;q=0.5, */*;q=0.5", "text/html;q=0.5, application/*;q=0.1, */*;q=0.9",
        "application/xhtml+xml", "text/html, application/json", "text/html;q=0.5,application/json;q=0.50",
    ])
    func whoWouldRatherHaveAPageGetsIt(_ accept: String) async throws {
        try await withAPI { api in
            let answer = try await api.get("/nothing", fields: ["Accept": accept])
            #expect(answer["content-type"] == "text/html; charset=utf-8")
        }
    }

    @Test func apiAlwaysAnswersInJSON() async throws {
        try await withAPI { api in
            let fields: Fields = ["Accept": Self.browser]
            expectProblem(try await api.get("/api/v1/links/nothing", fields: fields), 404, "not-found")
            expectProblem(try await api.send("PUT", "/api/v1/links", fields: fields), 405, "method-not-allowed")
        }
    }

    @Test func headGetsTheHeaderOfThePage() async throws {
        try await withAPI { api in
            let answer = try await api.send("HEAD", "/nothing", fields: ["Accept": Self.browser])
            #expect(answer.status == 404)
            #expect(answer["content-type"] == "text/html; charset=utf-8")
        }
    }
}
