import Testing

@testable import ShrinkrCore

@Suite("Profiles of user agents") struct UserAgentProfileTests {
    @Test("of people say browser, system and device", arguments: PersonSample.all)
    func person(_ sample: PersonSample) {
        let profile = UserAgentRule.profile(userAgent: sample.userAgent)
        #expect(profile.verdict == .person)
        #expect(profile.browser == sample.browser)
        #expect(profile.os == sample.os)
        #expect(profile.device == sample.device)
    }

    @Test("of programs say their name", arguments: BotSample.all)
    func bot(_ sample: BotSample) {
        let profile = UserAgentRule.profile(userAgent: sample.userAgent)
        #expect(profile.verdict != .person)
        #expect(profile.browser == sample.name)
        #expect(profile.os == "(unknown)")
        #expect(profile.device == "bot")
    }

    @Test("of what no rule names say so")
    func unknown() {
        let person = UserAgentRule.profile(userAgent: "Mozilla/5.0 (Plan 10) Gecko/1 Whatever/1")
        #expect([person.browser, person.os, person.device] == ["(unknown)", "(unknown)", "(unknown)"])
        for userAgent in [nil, "", "whatever/1"] {
            let program = UserAgentRule.profile(userAgent: userAgent)
            #expect([program.browser, program.os, program.device] == ["(other bot)", "(unknown)", "bot"])
        }
    }

    @Test("know these devices")
    func devices() {
        let devices = Set(UserAgentData.builtIn.names(in: .devices))
        #expect(devices == ["desktop", "mobile", "tablet", "tv", "console", "headset", "watch"])
    }

    // MARK: With the rest of a request

    private static let chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
    private static let quest =
        """
        Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/33.0 \
        Chrome/126.0.6478.122 VR Safari/537.36
        """

    @Test("stay as they are where a request says no more, and where they are of programs")
    func noHints() {
        for userAgent in [Self.chrome, "curl/8.5.0", "Twitterbot/1.0"] {
            let profile = UserAgentRule.profile(userAgent: userAgent)
            #expect(profile.with([]) == profile)
        }
        let bot = UserAgentRule.profile(userAgent: "Twitterbot/1.0")
        #expect(bot.with(ClickHints(rawValue: .max)) == bot)
    }

    @Test("know Brave, and Android that asks for the desktop's pages")
    func revealed() {
        let brave = UserAgentRule.profile(userAgent: Self.chrome).with(.brave)
        #expect([brave.browser, brave.os, brave.device] == ["Brave", "Linux", "desktop"])
        let tablet = UserAgentRule.profile(userAgent: Self.chrome).with(.androidAsDesktop)
        #expect([tablet.browser, tablet.os, tablet.device] == ["Chrome", "Android", "tablet"])
        let headset = UserAgentRule.profile(userAgent: Self.quest).with(.androidAsDesktop)
        #expect([headset.os, headset.device] == ["Horizon OS", "headset"])
        #expect([brave, tablet, headset].allSatisfy { $0.verdict == .person })
    }

    @Test("know a program by what it says, whatever it looks like")
    func automated() {
        for userAgent in [Self.chrome, "Mozilla/5.0 (Windows NT 6.1) Gecko/20100101 Firefox/40.0"] {
            let headless = UserAgentRule.profile(userAgent: userAgent).with([.headless, .brave])
            #expect([headless.browser, headless.os, headless.device] == ["Headless browser", "(unknown)", "bot"])
            #expect(headless.verdict == .tool)
            #expect(UserAgentRule.profile(userAgent: userAgent).with(.otherBrowser).browser == "(disguised bot)")
        }
    }

    @Test(
        "know a program by what it lacks, where each browser of this age sends it",
        arguments: [
            (chrome, true), (quest, true),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0 Safari/537.36", true),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0 Safari/537.36", false),
            ("Mozilla/5.0 (Windows NT 10.0; rv:90.0) Gecko/20100101 Firefox/90.0", true),
            ("Mozilla/5.0 (Windows NT 10.0; rv:89.0) Gecko/20100101 Firefox/89.0", false),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Mobile/15E Instagram 3", true),
            ("Mozilla/5.0 (iPad; CPU OS 16_1 like Mac OS X) AppleWebKit/605.1.15 CriOS/125.0 Mobile/15E148", false),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17.0 Safari/605.1.15", true),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/16.6 Safari/605.1.15", false),
            // These have pages fetched by a server.
            ("Mozilla/5.0 (Linux; Android 12) AppleWebKit/537 Chrome/100 UCBrowser/13.4 Mobile Safari/537", false),
            ("Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/17.16", false),
            ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", false),
        ])
    func incomplete(_ userAgent: String, _ isProgram: Bool) {
        let profile = UserAgentRule.profile(userAgent: userAgent)
        #expect(profile.verdict == .person)
        for hints in [ClickHints.noLanguage, .noFetchMode, [.noLanguage, .noFetchMode, .brave]] {
            #expect((profile.with(hints).verdict == .tool) == isProgram)
        }
    }
}
