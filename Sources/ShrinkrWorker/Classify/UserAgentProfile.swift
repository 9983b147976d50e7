package import ShrinkrCore

/// What a `User-Agent` says: program or person, and on what.
package struct UserAgentProfile: Hashable, Sendable {
    package let verdict: BotRule.Verdict
    /// A browser's name; a program's own name where it is none.
    package let browser: String
    package let os: String
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`, `headset` or `bot`.
    package let device: String
}

extension UserAgentRules {
    /// Reads a user agent; nil where the client sent none.
    func profile(of userAgent: String?) -> UserAgentProfile {
        let verdict = BotRule.verdict(userAgent: userAgent)
        let text = Array(UntrustedText(userAgent ?? "").lowercasedASCII.bytes)
        guard verdict == .person else {
            // What a bot says of browser and system is a costume.
            let name = bots.firstName(in: text) ?? ClassifiedClick.otherBot
            return UserAgentProfile(verdict: verdict, browser: name, os: ClassifiedClick.unknown, device: "bot")
        }
        return UserAgentProfile(
            verdict: verdict,
            browser: browsers.firstName(in: text) ?? ClassifiedClick.unknown,
            os: systems.firstName(in: text) ?? ClassifiedClick.unknown,
            device: devices.firstName(in: text) ?? ClassifiedClick.unknown)
    }
}
