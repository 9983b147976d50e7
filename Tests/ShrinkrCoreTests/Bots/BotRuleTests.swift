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
        "finds marks at the start and at the end", arguments: ["bot", "bot x", "x bot", "xbotx", "\u{0}bot", "é bot é"])
    func placeOfMark(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .declaredBot)
    }

    @Test("finds tools at the start only", arguments: ["x curl/8", "Mozilla/5.0 python", " wget/1"])
    func placeOfTool(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .person)
    }

    @Test("takes a phone for a phone, and a bot on that phone for a bot")
    func cubot() {
        #expect(BotRule.verdict(userAgent: "Cubot CUBOT cubot") == .person)
        #expect(BotRule.verdict(userAgent: "Cubot (compatible; Googlebot/2.1)") == .declaredBot)
        #expect(BotRule.verdict(userAgent: "Discobot/1.0") == .declaredBot)
    }

    @Test(
        "reads whatever is sent",
        arguments: ["-", " ", "b", "🤖", "\u{FFFD}\u{FFFD}", String(repeating: "cubo", count: 4_000)])
    func oddities(userAgent: String) {
        #expect(BotRule.verdict(userAgent: userAgent) == .person)
    }
}
