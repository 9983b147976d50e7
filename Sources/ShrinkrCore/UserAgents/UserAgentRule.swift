/// Tells people from programs, and says on what they are, by what requests say. Both services use it: the API so that a
/// link preview uses no visit up, the worker to count bots apart.
///
/// The form of a user agent comes first: what does not look like a browser's is a program, whatever its name. Then come
/// the names and marks of ``UserAgentData``, and then what else a request says (``ClickHints``). A bot that pretends well
/// to be a browser counts as a person.
package enum UserAgentRule {
    /// Goes up with every change of the rule or its data, so that a count says by which rule it was made.
    package static var version: Int { UserAgentData.builtIn.version }

    /// What a user agent says it is.
    package enum Verdict: Hashable, Sendable {
        /// A browser, or an app that shows pages: taken for a person.
        case person
        /// A crawler, link preview, scanner or monitor that says so, or a program that looks at the links of a mail or
        /// a document before a person does.
        case declaredBot
        /// Any other program, such as an HTTP library or command-line client: perhaps run by a person to follow a link.
        case tool
    }

    /// The verdict for a request's user agent; a client that names none is a tool.
    package static func verdict(userAgent: String?) -> Verdict {
        guard let userAgent else { return .tool }
        return UserAgentText(userAgent, .builtIn).verdict
    }

    /// Reads a user agent; nil where the client sent none. Takes some microseconds.
    package static func profile(userAgent: String?) -> UserAgentProfile {
        UserAgentProfile(UserAgentText(userAgent ?? "", .builtIn))
    }
}

/// What a `User-Agent` says: program or person, and on what.
///
/// Browsers freeze and imitate each other's user agents, so a few things cannot be seen: an iPad with desktop sites looks
/// like a Mac, Windows 11 like Windows 10.
package struct UserAgentProfile: Hashable, Sendable {
    /// Stands for what the client did not say, or said in a way that means nothing. Values in parentheses are no names.
    package static let unknown = "(unknown)"
    /// The browser of a program that no rule names.
    package static let otherBot = "(other bot)"
    /// The browser of a program in a browser's clothes, which only the rest of a request shows.
    package static let disguisedBot = "(disguised bot)"
    private static let headless = "Headless browser"
    /// The device of a program.
    package static let bot = "bot"

    package let verdict: UserAgentRule.Verdict
    /// A browser's name; a program's own name where it is none.
    package let browser: String
    package let os: String
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`, `headset`, `watch` or `bot`.
    package let device: String
    /// Hints that show a program in this browser's clothes: the browser would not send such a request.
    package let telltales: ClickHints

    init(_ text: UserAgentText) {
        verdict = text.verdict
        guard verdict == .person else {
            // What a bot says of browser and system is a costume.
            browser = text.name(in: .bots) ?? text.name(in: .programs) ?? text.name(in: .tools) ?? Self.otherBot
            os = Self.unknown
            device = Self.bot
            telltales = []
            return
        }
        browser = text.name(in: .browsers) ?? Self.unknown
        os = text.name(in: .systems) ?? Self.unknown
        device = text.name(in: .devices) ?? Self.unknown
        let missing: ClickHints = text.sendsFetchMetadata ? [.noLanguage, .noFetchMode] : []
        telltales = missing.union([.headless, .otherBrowser])
    }

    private init(
        verdict: UserAgentRule.Verdict, browser: String, os: String, device: String, telltales: ClickHints
    ) {
        self.verdict = verdict
        self.browser = browser
        self.os = os
        self.device = device
        self.telltales = telltales
    }

    /// What the user agent and the hints of a request say together.
    package func with(_ hints: ClickHints) -> UserAgentProfile {
        guard verdict == .person, !hints.isEmpty else { return self }
        guard hints.isDisjoint(with: telltales) else {
            return UserAgentProfile(
                verdict: .tool, browser: hints.contains(.headless) ? Self.headless : Self.disguisedBot,
                os: Self.unknown, device: Self.bot, telltales: telltales)
        }
        // text: names of ours. Headsets and the like have Android anyway.
        let isPhone = hints.contains(.androidAsDesktop) && device == "desktop"
        // text: names of ours.
        let isBrave = hints.contains(.brave) && browser == "Chrome"
        return UserAgentProfile(
            verdict: .person, browser: isBrave ? "Brave" : browser, os: isPhone ? "Android" : os,
            // Tablets ask for the desktop's pages by themselves, phones where somebody wishes it.
            device: isPhone ? "tablet" : device, telltales: telltales)
    }
}

extension UserAgentText {
    fileprivate var verdict: UserAgentRule.Verdict {
        declaresBot ? .declaredBot : looksLikeBrowser ? .person : .tool
    }

    private var looksLikeBrowser: Bool {
        wearsBrowser && (has(.handhelds) || has(.beginnings) || !hasAddition && !hasDomain)
    }

    private var wearsBrowser: Bool { hasBrowserStructure && !isCompatibleProgram }

    /// Whether a crawler, preview, scanner or the like says what it is.
    private var declaresBot: Bool {
        if has(.bots) || declaresContact { return true }
        guard wearsBrowser else { return has(.programs) || endsAsBot || endsAsProgram }
        // On phones, devices and the apps that show pages have any word in their names.
        return has(.handhelds) ? endsAsBotWithVersion : endsAsBot || endsAsProgramWithVersion || hasAddress
    }

    /// Whether browsers of this name and version send Fetch Metadata over HTTPS: Chrome since 80, Firefox since 90, Safari
    /// since 16.4 (MDN, Sec-Fetch-Mode). They have sent `Accept-Language` for longer.
    fileprivate var sendsFetchMetadata: Bool {
        guard !has(.relayed) else { return false }
        if let version = number(after: "chrome/") { return version >= 80 }
        if let version = number(after: "firefox/") { return version >= 90 }
        // WebKit is that of the system.
        if let version = number(after: "iphone os ") ?? number(after: "cpu os ") { return version >= 17 }
        return (number(after: "version/") ?? 0) >= 17
    }
}
