import FoundationEssentials
import ShrinkrBase
package import ShrinkrCore

/// Reads browser, operating system and device from a `User-Agent`, by rules kept as data in `rules.json`.
///
/// Browsers freeze and imitate each other's user agents, so a few things cannot be seen: Brave looks like Chrome, an
/// iPad with desktop sites looks like a Mac, Windows 11 like Windows 10.
struct UserAgentRules: Sendable {
    /// One line of the data. It matches where one of `any`, each of `all` and none of `none` occurs.
    struct Rule: Sendable {
        let name: String
        let any: [[UInt8]]
        let all: [[UInt8]]
        let none: [[UInt8]]
    }

    /// Goes up with every change of the data, so that a count says by which rules it was made.
    let version: Int
    /// Names of programs that ``BotRule`` takes for bots or tools.
    let bots: [Rule]
    let browsers: [Rule]
    let systems: [Rule]
    let devices: [Rule]

    /// Reads the rules that are built into the program.
    ///
    /// - Throws: ``WorkerError/unusableRules(reason:)``, only where the program was built with broken rules.
    static func builtIn() throws(WorkerError) -> UserAgentRules {
        try UserAgentRules(json: PackageResources.rules_json)
    }

    init(json: [UInt8]) throws(WorkerError) {
        do {
            // text: the rules that are built in.
            let file = try JSONDecoder().decode(RuleFile.self, from: Data(json))
            version = file.version
            bots = file.bots.map(Rule.init)
            browsers = file.browsers.map(Rule.init)
            systems = file.systems.map(Rule.init)
            devices = file.devices.map(Rule.init)
        } catch {
            throw .unusableRules(reason: "\(error)")
        }
    }
}

extension [UserAgentRules.Rule] {
    /// The name of the first rule that matches text in lower case; nil where none does.
    func firstName(in text: [UInt8]) -> String? {
        first { rule in
            rule.any.contains { text.contains(sequence: $0) }
                && rule.all.allSatisfy { text.contains(sequence: $0) }
                && !rule.none.contains { text.contains(sequence: $0) }
        }?.name
    }
}

extension [UInt8] {
    /// Whether `other` occurs in these bytes.
    fileprivate func contains(sequence other: [UInt8]) -> Bool {
        guard let first = other.first, count >= other.count else { return other.isEmpty }
        for start in 0...(count - other.count) where self[start] == first {
            if self[start..<(start + other.count)].elementsEqual(other) { return true }
        }
        return false
    }
}

private struct RuleFile: Decodable {
    struct Line: Decodable {
        let name: String
        let any: [String]
        let all: [String]?
        let none: [String]?
    }

    let version: Int
    let bots: [Line]
    let browsers: [Line]
    let systems: [Line]
    let devices: [Line]
}

extension UserAgentRules.Rule {
    fileprivate init(_ line: RuleFile.Line) {
        name = line.name
        func lowercased(_ texts: [String]?) -> [[UInt8]] {
            (texts ?? []).map { Array(UntrustedText($0).lowercasedASCII.bytes) }
        }
        any = lowercased(line.any)
        all = lowercased(line.all)
        none = lowercased(line.none)
    }
}

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
