import ClickQueue
import ShrinkrBase
import ShrinkrCore
import Testing

@testable import ShrinkrAPI

/// What is known of a click, and what is deliberately not.
@Suite struct ClickContentTests {
    /// An API behind a proxy on loopback that names clients and their countries.
    private func withProxiedAPI(_ test: (TestAPI) async throws -> Void) async throws {
        let trust = { (configuration: inout APIConfiguration) in
            configuration.trustedProxies = [IPNetwork("127.0.0.0/8")].compactMap { $0 }
            configuration.countryHeader = "CF-IPCountry"
            configuration.bootstrapKey = "opensesame"
        }
        try await withAPI(configure: trust) { api in
            let fields: Fields = ["X-Api-Key": "opensesame"]
            let body = #"{"url":"https://example.com/","code":"mine"}"#
            #expect(try await api.post("/api/v1/links", body, fields: fields).status == 201)
            try await test(api)
        }
    }

    private func click(_ api: TestAPI, _ fields: Fields, method: String = "GET") async throws -> Click {
        let count = api.recordedClicks
        #expect(try await api.send(method, "/mine", fields: fields).status == 302)
        let clicks = try await api.clicks()
        #expect(clicks.count == count + 1)
        return try #require(try api.queue.clicks().last)
    }

    @Test func everythingThatIsKnownIsKept() async throws {
        try await withProxiedAPI { api in
            let click = try await click(
                api,
                [
                    "X-Forwarded-For": "198.51.100.77", "CF-IPCountry": "de", "User-Agent": "Mozilla/5.0 \"x\"",
                    "Referer": "https://ann:secret@news.example/a/b?token=1#f", "Accept-Language": "de-CH;q=0.9, en",
                    "Sec-Purpose": "prefetch;prerender",
                ])
            #expect(click.time == TestClock.start)
            #expect(click.code.text == "mine")
            #expect(click.method == .get)
            #expect(click.address?.description == "198.51.100.0")
            #expect(click.visitor != nil)
            #expect(click.userAgent == "Mozilla/5.0 \"x\"")
            #expect(click.referrer == "https://news.example/a/b")
            #expect(click.language == "de-CH")
            #expect(click.country == "DE")
            #expect(click.isPrefetch)
        }
    }

    @Test func whatIsNotKnownIsAbsent() async throws {
        try await withProxiedAPI { api in
            let click = try await click(api, [:], method: "HEAD")
            #expect(click.method == .head)
            #expect(click.userAgent == nil)
            #expect(click.referrer == nil)
            #expect(click.language == nil)
            #expect(click.country == nil)
            #expect(!click.isPrefetch)
        }
    }

    /// No byte that reaches the queue may hold the full address, or a secret of the referring page.
    @Test func secretsDoNotLeaveTheServer() async throws {
        try await withProxiedAPI { api in
            _ = try await click(
                api,
                [
                    "X-Forwarded-For": "198.51.100.77", "Referer": "https://ann:hunter2@news.example/?session=4711",
                    "Cookie": "login=4712", "Authorization": "Bearer 4713",
                ])
            let wire = api.queue.sent.map { String(decoding: $0.body, as: UTF8.self) }.joined()
            for secret in ["100.77", "hunter2", "ann", "4711", "4712", "4713"] { #expect(!wire.contains(secret)) }
        }
    }

    @Test func longAddressesAreTruncated() async throws {
        try await withProxiedAPI { api async throws in
            #expect(
                try await click(api, ["X-Forwarded-For": "2001:db8:1:2:3:4:5:6"]).address?.description == "2001:db8:1::"
            )
        }
    }

    @Test func visitorIsTheSameForADay() async throws {
        try await withProxiedAPI { api in
            let (ann, bob): (Fields, Fields) = (
                ["X-Forwarded-For": "198.51.100.77", "User-Agent": "A"],
                ["X-Forwarded-For": "198.51.100.78", "User-Agent": "A"]
            )
            let first = try await click(api, ann).visitor
            api.clock.advance(by: .seconds(11 * 3_600))
            #expect(try await click(api, ann).visitor == first)
            // Truncated, the two addresses are equal.
            #expect(try await click(api, bob).visitor != first)
            #expect(try await click(api, ["X-Forwarded-For": "198.51.100.77", "User-Agent": "B"]).visitor != first)
            api.clock.advance(by: .seconds(3_600))
            #expect(try await click(api, ann).visitor != first)
        }
    }

    @Test func strangerCannotInventItsOriginOrCountry() async throws {
        let country = { (configuration: inout APIConfiguration) in configuration.countryHeader = "CF-IPCountry" }
        try await withAPI(configure: country) { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let click = try await click(api, ["X-Forwarded-For": "198.51.100.77", "CF-IPCountry": "DE"])
            #expect(click.address?.description == "127.0.0.0")
            #expect(click.country == nil)
        }
    }

    @Test(arguments: [
        ("Sec-Purpose", "prefetch", true), ("Sec-Purpose", "Prefetch;anonymous-client-ip", true),
        ("Purpose", "prefetch", true), ("X-Purpose", "preview", true), ("Sec-Purpose", "navigate", false),
    ])
    func prefetchIsMarked(_ name: String, _ value: String, _ isPrefetch: Bool) async throws {
        try await withProxiedAPI { api async throws in
            #expect(try await click(api, [name: value]).isPrefetch == isPrefetch)
        }
    }

    @Test func hintsAreKept() async throws {
        try await withProxiedAPI { api in
            let userAgent =
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
            let bare: Fields = [
                "User-Agent": userAgent, "Accept": "*/*", "Sec-CH-UA": "\"Chromium\";v=\"131\", \"Brave\";v=\"131\"",
                "Sec-CH-UA-Platform": "\"Linux\"", "X-Forwarded-Proto": "https",
            ]
            let hints = try await click(api, bare).hints
            #expect(hints == [.brave, .noLanguage, .noFetchMode])
            let whole: Fields = [
                "User-Agent": userAgent, "Accept": "*/*", "Accept-Language": "de", "Sec-Fetch-Mode": "navigate",
                "Sec-CH-UA": "\"Chromium\";v=\"131\"", "Sec-CH-UA-Platform": "\"Linux\"",
                "X-Forwarded-Proto": "https",
            ]
            #expect(try await click(api, whole).hints.isEmpty)
        }
    }

    @Test func overlongFieldsAreCut() async throws {
        try await withProxiedAPI { api in
            let click = try await click(
                api,
                [
                    "User-Agent": String(repeating: "u", count: 5_000),
                    "Referer": "https://example.com/" + String(repeating: "r", count: 5_000),
                ])
            #expect(click.userAgent?.utf8.count == ClickLimits.userAgentBytes)
            #expect(click.referrer?.utf8.count == ClickLimits.referrerBytes)
        }
    }
}
