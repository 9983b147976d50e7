import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrWorker

@Suite("The classifier")
struct ClickClassifierTests {
    private let classifier = ClickClassifier()

    @Test("takes a click apart")
    func person() throws {
        let click = try Fixture.click(
            userAgent: Fixture.firefox, referrer: "https://www.Example.com/page", language: "en-GB", country: "gb")
        let classified = classifier.classify(click)
        #expect(!classified.isBot)
        #expect(classified.referrer == "example.com")
        #expect(classified.browser == "Firefox")
        #expect(classified.os == "Linux")
        #expect(classified.device == "desktop")
        #expect(classified.country == "GB")
        #expect(classified.language == "en")
    }

    @Test("counts HEAD, prefetches, bots and tools as bots")
    func bots() throws {
        var head = try Fixture.click(userAgent: Fixture.firefox)
        head.method = .head
        var prefetch = try Fixture.click(userAgent: Fixture.firefox)
        prefetch.isPrefetch = true
        for click in [
            head, prefetch, try Fixture.click(userAgent: "curl/8.5.0"), try Fixture.click(userAgent: "Twitterbot/1.0"),
            try Fixture.click(userAgent: nil),
        ] {
            #expect(classifier.classify(click).isBot)
        }
        #expect(classifier.classify(head).browser == "Firefox", "a browser's HEAD is still a browser's")
    }

    @Test("takes who pressed Continue for a person, but no program that says it is one")
    func confirmed() throws {
        for (userAgent, isBot) in [("Twitterbot/1.0", false), ("curl/8.5.0", true), (Fixture.firefox, false)] {
            var click = try Fixture.click(userAgent: userAgent)
            click.isConfirmed = true
            #expect(classifier.classify(click).isBot == isBot)
            click.isPrefetch = true
            #expect(classifier.classify(click).isBot)
        }
    }

    @Test("counts what only the rest of a request shows with the bots, but not who pressed Continue")
    func hints() throws {
        var click = try Fixture.click(userAgent: Fixture.firefox)
        for (hints, isBot, isBotConfirmed) in [
            ([], false, false), (.brave, false, false), (.androidAsDesktop, false, false), (.headless, true, true),
            (.otherBrowser, true, false), (.noLanguage, true, false), ([.noLanguage, .noFetchMode], true, false),
        ] as [(ClickHints, Bool, Bool)] {
            click.hints = hints
            click.isConfirmed = false
            #expect(classifier.classify(click).isBot == isBot)
            click.isConfirmed = true
            #expect(classifier.classify(click).isBot == isBotConfirmed)
        }
        click.hints = .otherBrowser
        click.isConfirmed = false
        let classified = classifier.classify(click)
        #expect([classified.browser, classified.os, classified.device] == ["(disguised bot)", "(unknown)", "bot"])
    }

    @Test("gives the same answer from memory")
    func cache() throws {
        for _ in 0..<2 {
            for userAgent in Fixture.userAgents {
                let profile = classifier.profile(of: UntrustedText(userAgent))
                #expect(profile == UserAgentRule.profile(userAgent: userAgent))
            }
        }
    }

    @Test(
        "reads the referrer's host",
        arguments: [
            (nil, "(direct)"), ("", "(direct)"), ("https://www.example.com/a/b", "example.com"),
            ("http://Example.COM:8080", "example.com"), ("https://user:secret@news.example.org/x", "news.example.org"),
            ("https://example.com./", "example.com"), ("https://www.com/", "com"),
            ("android-app://com.google.android.gm/", "com.google.android.gm"),
            ("https://[2001:db8::1]:443/", "[2001:db8::1]"),
            ("http://192.0.2.7/", "192.0.2.7"), ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
            ("https://bücher.example/", "(invalid)"), ("about:blank", "(invalid)"), ("null", "(invalid)"),
            ("https:///path", "(invalid)"), ("://example.com", "(invalid)"), ("https://exa mple.com/", "(invalid)"),
            ("https://a.example\\@b.example/", "a.example"), ("https://example.com?q", "example.com"),
        ] as [(String?, String)])
    func referrer(_ referrer: String?, _ domain: String) {
        #expect(ReferrerDomain.read(referrer) == domain)
    }

    @Test("takes no host that the store would not hold")
    func longReferrer() {
        let label = String(repeating: "a", count: 63) + "."
        let longest = String(repeating: label, count: 4).dropLast(3)
        #expect(longest.utf8.count == StoreLimits.valueBytes)
        #expect(ReferrerDomain.read("https://\(longest)/") == longest)
        #expect(ReferrerDomain.read("https://\(longest)a/") == "(invalid)")
    }

    @Test(
        "reads the language",
        arguments: [
            (nil, "(unknown)"), ("en", "en"), ("EN-us", "en"), ("zh-Hant-TW", "zh"), ("fil", "fil"), ("pt_BR", "pt"),
            ("*", "(unknown)"), ("e", "(unknown)"), ("english-language", "english"), ("abcdefghi", "(unknown)"),
            ("d3", "(unknown)"), ("", "(unknown)"),
        ] as [(String?, String)])
    func language(_ tag: String?, _ language: String) {
        #expect(LanguageTag.primary(of: tag) == language)
    }

    @Test(
        "reads the country",
        arguments: [
            (nil, "(unknown)"), ("de", "DE"), ("US", "US"), ("XX", "(unknown)"), ("T1", "(unknown)"),
            ("DEU", "(unknown)"),
            ("é", "(unknown)"),
        ] as [(String?, String)])
    func country(_ code: String?, _ country: String) {
        #expect(RegionCode.read(code) == country)
    }
}
