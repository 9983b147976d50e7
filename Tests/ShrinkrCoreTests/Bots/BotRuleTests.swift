import ShrinkrCore
import Testing

@Suite("The bot rule") struct BotRuleTests {
    @Test("believes what clients say of themselves", arguments: UserAgentSample.all)
    func verdicts(sample: UserAgentSample) {
        #expect(BotRule.verdict(userAgent: sample.userAgent) == sample.verdict)
    }

    @Test("reads any case", arguments: UserAgentSample.all)
    func anyCase(sample: UserAgentSample) {
        #expect(BotRule.verdict(userAgent: sample.userAgent.uppercased()) == sample.verdict)
        #expect(BotRule.verdict(userAgent: sample.userAgent.lowercased()) == sample.verdict)
    }

    @Test("takes a client without a name for a tool", arguments: [nil, ""] as [String?])
    func nameless(userAgent: String?) {
        #expect(BotRule.verdict(userAgent: userAgent) == .tool)
    }

    @Test(
        "finds marks at the start and at the end",
        arguments: ["bot", "bot x", "x bot", "x-bot-x", "_bot_", "newbot", "\u{0}bot", "é bot é"])
    func placeOfMark(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .declaredBot)
    }

    @Test(
        "finds whole words only",
        arguments: ["xbotx", "bote/1", "botanic/2", "mspreviewx", "scanners-r-us", "ubotu", "bot\u{301}", "Nuclein/1"])
    func partOfWord(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .tool)
        #expect(BotRule.verdict(userAgent: "Mozilla/5.0 (X11; Linux) Gecko/1 Firefox/1 \(userAgent)") == .person)
    }

    @Test(
        "takes what does not begin as browsers do for a program", arguments: ["x curl/8", " Mozilla/5.0", "Mozil/5.0"])
    func programs(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .tool)
    }

    @Test("takes a phone for a phone, and a bot on that phone for a bot")
    func cubot() {
        #expect(BotRule.verdict(userAgent: "Cubot CUBOT cubot") == .tool)
        #expect(BotRule.verdict(userAgent: "Cubot (compatible; Googlebot/2.1)") == .declaredBot)
        #expect(BotRule.verdict(userAgent: "Discobot/1.0") == .declaredBot)
    }

    /// In words of any length, and in marks that begin again and again.
    @Test(
        "takes no longer per byte for long texts",
        arguments: ["bot", "mobile ", "a ", "google", "compatible;", "ms-offic "])
    func longTexts(piece: String) {
        let text = "Mozilla/5.0 Gecko " + String(repeating: piece, count: 200_000 / piece.utf8.count)
        let start = ContinuousClock.now
        _ = BotRule.verdict(userAgent: text)
        // Tenths of a second in a debug build; minutes if it were quadratic.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(
        "reads whatever is sent",
        arguments: ["-", " ", "b", "🤖", "\u{FFFD}\u{FFFD}", "(", "Mozil", String(repeating: "cubo", count: 4_000)])
    func oddities(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .tool)
    }
}
