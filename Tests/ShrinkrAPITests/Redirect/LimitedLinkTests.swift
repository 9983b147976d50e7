import ShrinkrBase
import Testing

@testable import ShrinkrAPI

/// On a link with a visit limit, `HEAD` and declared bots learn nothing and use nothing up.
@Suite struct LimitedLinkTests {
    private static let link = #"{"url":"https://example.com/secret","code":"once","title":"My secret","max_visits":1}"#

    private static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"

    private func expectWithheld(_ answer: Answer, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(answer.status == 200, sourceLocation: sourceLocation)
        #expect(answer["content-type"] == "text/html; charset=utf-8", sourceLocation: sourceLocation)
        #expect(answer["location"] == nil, sourceLocation: sourceLocation)
        #expect(answer["cache-control"] == "private, no-store", sourceLocation: sourceLocation)
        #expect(!answer.text.contains("secret"), sourceLocation: sourceLocation)
    }

    @Test(arguments: ["Slackbot-LinkExpanding 1.0", "facebookexternalhit/1.1", "WhatsApp/2.23", "Googlebot/2.1"])
    func declaredBotSeesNothingAndUsesNothing(_ agent: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            for _ in 0..<3 {
                let answer = try await api.get("/once", fields: ["User-Agent": agent])
                expectWithheld(answer)
                #expect(answer.text.contains("https://sho.rt/once"))
            }
            #expect(api.recordedClicks == 0)
            #expect(
                try await api.get("/once", fields: ["User-Agent": "Mozilla/5.0"])["location"]
                    == "https://example.com/secret")
        }
    }

    @Test func headSeesNothingAndUsesNothing() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            expectWithheld(try await api.send("HEAD", "/once", fields: ["User-Agent": "Mozilla/5.0"]))
            #expect(api.recordedClicks == 0)
            #expect(try await api.get("/once").status == 302)
        }
    }

    /// Everybody sees that a link is used up; nobody gets past the limit by the name of a bot.
    @Test func usedUpLinkIsGoneForAll() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            expectWithheld(try await api.send("HEAD", "/once"))
            #expect(try await api.get("/once").status == 302)
            let bot = try await api.get("/once", fields: ["User-Agent": "Slackbot 1.0"])
            expectProblem(bot, 410, "link-gone")
            #expect(bot.json["reason"] == "exhausted")
            #expect(try await api.send("HEAD", "/once").status == 410)
            #expect(try await api.get("/once", fields: ["User-Agent": "Mozilla/5.0"]).status == 410)
            #expect(api.recordedClicks == 1)
        }
    }

    @Test func prefetchIsRefusedAndUsesNothing() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let ahead = try await api.get("/once", fields: ["User-Agent": "Mozilla/5.0", "Sec-Purpose": "prefetch"])
            expectProblem(ahead, 503, "unavailable")
            #expect(try await api.get("/once", fields: ["User-Agent": "Mozilla/5.0"]).status == 302)
        }
    }

    @Test(
        arguments: [
            ["Sec-Purpose": "prefetch;prerender"], ["Sec-Purpose": "prefetch;anonymous-client-ip"],
            ["Sec-Purpose": "PREFETCH"], ["Purpose": "prefetch"], ["Purpose": "Preview"], ["X-Purpose": "preview"],
            ["X-Purpose": "instant"], ["X-Moz": "prefetch"], ["X-Sec-Purpose": "prefetch"],
            ["Sec-Purpose": "navigate", "Purpose": "prefetch"], ["Sec-Purpose": "a, prefetch"],
            ["Purpose": "a", "purpose": "prefetch"], ["Next-Router-Prefetch": "1"],
            ["Sec-Speculation-Tags": "null"],
        ] as [Fields])
    func whatIsFetchedAheadUsesNothing(_ marks: Fields) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            expectProblem(try await api.get("/once", fields: marks), 503, "unavailable")
            #expect(try await api.get("/api/v1/links/once").json["visits_left"] == 1)
        }
    }

    /// Nobody has followed a link that a page shows as an image.
    @Test func partOfAPageSeesNothingAndUsesNothing() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            for fields: Fields in [
                ["User-Agent": Self.firefox, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"],
                ["User-Agent": Self.firefox, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"],
                ["User-Agent": Self.firefox, "Sec-Fetch-Dest": "script"],
            ] { expectWithheld(try await api.get("/once", fields: fields)) }
            let person: Fields = [
                "User-Agent": Self.firefox, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
            ]
            #expect(try await api.get("/once", fields: person).status == 302)
        }
    }

    @Test func refusedRequestUsesNothing() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                #expect(try await api.send(method, "/once").status == 405)
            }
            #expect(try await api.get("/once").status == 302)
        }
    }

    @Test func previewPageDoesNotNameTheDestination() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            expectWithheld(try await api.get("/once+"))
        }
    }

    /// What else a request says is good enough to count by, not to refuse by.
    @Test func disguiseRefusesNothing() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let fields: Fields = [
                "User-Agent": Self.firefox, "X-Forwarded-Proto": "https", "Sec-CH-UA": "\"HeadlessChrome\";v=\"131\"",
            ]
            #expect(try await api.get("/once", fields: fields).status == 302)
        }
    }

    /// A command-line client follows links for a person.
    @Test(
        arguments: [
            "curl/8.0", "Go-http-client/2.0", "SomeProgram/1", "-", "", "Mozilla/5.0",
            "Mozilla/5.0 (compatible; Some/1)",
        ])
    func toolIsTreatedAsAPerson(_ agent: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            #expect(try await api.get("/once", fields: ["User-Agent": agent]).status == 302)
            #expect(try await api.get("/once", fields: ["User-Agent": agent]).status == 410)
        }
    }

    @Test func linkWithoutLimitRedirectsBotsAndHead() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"free"}"#)
            #expect(try await api.get("/free", fields: ["User-Agent": "Slackbot 1.0"]).status == 302)
            #expect(try await api.send("HEAD", "/free").status == 302)
            #expect(api.recordedClicks == 2)
        }
    }
}
