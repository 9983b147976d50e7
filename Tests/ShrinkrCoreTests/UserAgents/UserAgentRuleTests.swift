import ShrinkrCore
import TestSupport
import Testing

@Suite("The rule for user agents", .ownThread) struct UserAgentRuleTests {
    @Test("believes what clients say of themselves", arguments: UserAgentSample.all)
    func verdicts(sample: UserAgentSample) {
        #expect(UserAgentRule.verdict(userAgent: sample.userAgent) == sample.verdict)
    }

    @Test("reads any case", arguments: UserAgentSample.all)
    func anyCase(sample: UserAgentSample) {
        #expect(UserAgentRule.verdict(userAgent: sample.userAgent.uppercased()) == sample.verdict)
        #expect(UserAgentRule.verdict(userAgent: sample.userAgent.lowercased()) == sample.verdict)
    }

    @Test("takes a client without a name for a tool", arguments: [nil, ""] as [String?])
    func nameless(userAgent: String?) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .tool)
    }

    @Test(
        "finds marks at the start and at the end",
        arguments: ["bot", "bot x", "x bot", "x-bot-x", "_bot_", "newbot", "\u{0}bot", "é bot é"])
    func placeOfMark(userAgent: String) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .declaredBot)
    }

    @Test(
        "finds whole words only",
        arguments: ["xbotx", "bote/1", "botanic/2", "mspreviewx", "scanners-r-us", "ubotu", "bot\u{301}", "Nuclein/1"])
    func partOfWord(userAgent: String) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .tool)
        #expect(UserAgentRule.verdict(userAgent: "Mozilla/5.0 (X11; \(userAgent)) Gecko/1 Firefox/1") == .person)
    }

    @Test(
        "takes what does not begin as browsers do for a program", arguments: ["x curl/8", " Mozilla/5.0", "Mozil/5.0"])
    func programs(userAgent: String) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .tool)
    }

    @Test("takes a phone for a phone, and a bot on that phone for a bot")
    func cubot() {
        #expect(UserAgentRule.verdict(userAgent: "Cubot CUBOT cubot") == .tool)
        #expect(UserAgentRule.verdict(userAgent: "Cubot (compatible; Googlebot/2.1)") == .declaredBot)
        #expect(UserAgentRule.verdict(userAgent: "Discobot/1.0") == .declaredBot)
    }

    @Test(
        "counts what has not the form of a browser with the bots, and refuses it nothing",
        arguments: [
            "whatever/1.0", "Mozilla/5.0", "Mozilla/5.0 (compatible)", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
            "Mozilla/5.0 (compatible; Whatever/1.0)", "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko; Whatever) Chrome/120.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux) Whatever/1 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Whatever",
            "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 (whatever.com)",
            "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko; compatible; Whatever) Chrome/120.0",
        ])
    func form(userAgent: String) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .tool)
    }

    @Test(
        "takes the form of televisions, old phones and text browsers for a person's",
        arguments: [
            "HbbTV/1.4.1 (+DRM;Samsung;SmartTV2020:UE55TU7000;T-NKM2DEUC-2303.1;) Tizen/5.5", "Roku/DVP-12.5 (12.5.0)",
            "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0/7.0 TV Safari/537.36",
            "Nokia6300/2.0 (05.00) Profile/MIDP-2.0 Configuration/CLDC-1.1", "w3m/0.5.3", "ELinks/0.13.2 (textmode)",
            "Mozilla/5.0 (PSP (PlayStation Portable); 2.00)", "Cricket-A310/1.0 UP.Browser/6.3.0.7 (GUI) MMP/2.0",
            // Some proxies take the parentheses away, and some settings leave quotation marks.
            "Mozilla/5.0 Linux; Android 9; K AppleWebKit/537.36 KHTML, like Gecko Chrome/99.0 Mobile Safari/537.36",
            "\"Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36\"",
        ])
    func oldForms(userAgent: String) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .person)
    }

    private static let phone = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Mobile Safari/537.36"

    @Test(
        "takes names of phones for names of phones",
        arguments: [
            "CUBOT NOTE 20", "POWER BOT", "Expanse", "MAJESTIC Zeus21", "RAPID7LTE", "Razer Edge 5G", "BRAVE", "EPIC_1",
        ])
    func phones(name: String) {
        let profile = UserAgentRule.profile(userAgent: "Mozilla/5.0 (Linux; Android 12; \(name)) \(Self.phone)")
        #expect(profile.verdict == .person)
        #expect([profile.browser, profile.os, profile.device] == ["Chrome", "Android", "mobile"])
    }

    @Test(
        "takes a bot in a phone's clothes for a bot",
        arguments: [" (compatible; Googlebot/2.1)", " Whateverbot/1.0", " Chrome-Lighthouse", " +https://bot.example"])
    func phoneBots(end: String) {
        let userAgent = "Mozilla/5.0 (Linux; Android 12; K) \(Self.phone)\(end)"
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .declaredBot)
    }

    /// In words of any length, and in marks that begin again and again.
    @Test(
        "takes no longer per byte for long texts",
        arguments: ["bot", "mobile ", "a ", "google", "compatible;", "ms-offic "])
    func longTexts(piece: String) {
        let text = "Mozilla/5.0 Gecko " + String(repeating: piece, count: 200_000 / piece.utf8.count)
        let start = ContinuousClock.now
        _ = UserAgentRule.verdict(userAgent: text)
        // Tenths of a second in a debug build; much longer than this if it were quadratic.
        let patience: Duration = .seconds(120)
        #expect(ContinuousClock.now - start < patience)
    }

    @Test(
        "reads whatever is sent",
        arguments: ["-", " ", "b", "🤖", "\u{FFFD}\u{FFFD}", "(", "Mozil", String(repeating: "cubo", count: 4_000)])
    func oddities(userAgent: String) {
        #expect(UserAgentRule.verdict(userAgent: userAgent) == .tool)
    }
}
