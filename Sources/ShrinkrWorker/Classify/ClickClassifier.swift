package import ShrinkrCore
import Synchronization

/// Turns a click into what it counts as.
///
/// Visitors of one site use few user agents, so their profiles are remembered: reading one anew costs as much as
/// decoding several clicks.
package final class ClickClassifier: Sendable {
    /// User agents that are remembered at least; twice as many at most, each up to ``ClickLimits/userAgentBytes``.
    package static let cachedUserAgents = 4_096

    private let rules: UserAgentRules
    private let cache = Mutex(GenerationCache<UntrustedText?, UserAgentProfile>(capacity: cachedUserAgents))

    /// - Throws: ``WorkerError/unusableRules(reason:)``, only where the program was built with broken rules.
    package init() throws(WorkerError) {
        rules = try .builtIn()
    }

    /// Version of the rules for browsers, systems and devices; that for bots is ``BotRule/version``.
    package var rulesVersion: Int { rules.version }

    package func classify(_ click: Click) -> ClassifiedClick {
        let profile = profile(of: click.userAgent)
        return ClassifiedClick(
            isBot: click.method == .head || click.isPrefetch || !Self.isPerson(click, profile.verdict),
            referrer: ReferrerDomain.read(click.referrer),
            browser: profile.browser,
            os: profile.os,
            device: profile.device,
            country: RegionCode.read(click.country),
            language: LanguageTag.primary(of: click.language))
    }

    private static func isPerson(_ click: Click, _ verdict: BotRule.Verdict) -> Bool {
        switch verdict {
        case .person: true
        case .declaredBot: click.isConfirmed
        case .tool: false
        }
    }

    /// What a user agent says, from memory where it was seen lately.
    func profile(of userAgent: String?) -> UserAgentProfile {
        let key = userAgent.map { UntrustedText($0) }
        if let known = cache.withLock({ $0[key] }) { return known }
        // Two tasks may read the same user agent at once, with the same result.
        let profile = rules.profile(of: userAgent)
        cache.withLock { $0[key] = profile }
        return profile
    }
}
