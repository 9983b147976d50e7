import ShrinkrCore
import Testing

@testable import ShrinkrWorker

@Suite("User agents")
struct UserAgentTests {
    private let rules: UserAgentRules

    init() throws {
        rules = try .builtIn()
    }

    @Test("of people say browser, system and device", arguments: PersonSample.all)
    func person(_ sample: PersonSample) {
        let profile = rules.profile(of: sample.userAgent)
        #expect(profile.verdict == .person)
        #expect(profile.browser == sample.browser)
        #expect(profile.os == sample.os)
        #expect(profile.device == sample.device)
    }

    @Test("of programs say their name", arguments: BotSample.all)
    func bot(_ sample: BotSample) {
        let profile = rules.profile(of: sample.userAgent)
        #expect(profile.verdict != .person)
        #expect(profile.browser == sample.name)
        #expect(profile.os == "(unknown)")
        #expect(profile.device == "bot")
    }

    @Test("that say nothing known are unknown")
    func unknown() {
        let profile = rules.profile(of: "Mozilla/5.0 (compatible)")
        #expect([profile.browser, profile.os, profile.device] == ["(unknown)", "(unknown)", "(unknown)"])
        #expect(rules.profile(of: nil).device == "bot")
    }

    @Test("are many in these tests, and every rule list is used")
    func coverage() {
        #expect(PersonSample.all.count + BotSample.all.count >= 60)
        let known = Set(rules.devices.map(\.name))
        #expect(known == ["desktop", "mobile", "tablet", "tv", "console", "headset"])
        #expect(Set(PersonSample.all.map(\.device)) == known)
        let unseenSystems = Set(rules.systems.map(\.name)).subtracting(PersonSample.all.map(\.os))
        #expect(unseenSystems.isEmpty, "systems without a sample: \(unseenSystems)")
    }

    @Test("broken rules are an error, not a crash")
    func brokenRules() {
        #expect(throws: WorkerError.self) { try UserAgentRules(json: Array("{}".utf8)) }
    }
}
