import HTTPTypes
import ShrinkrCore

/// Decides what a request for a link gets.
enum RedirectRule {
    enum Decision: Hashable {
        case redirect
        /// Redirect, if a visit can be taken from the link's limit.
        case takeVisit
        /// Say that there is a link, and nothing about where it leads.
        case withhold
        /// The link does not exist yet.
        case notFound
        case gone(LinkAvailability)
    }

    /// On a link with a visit limit, `HEAD` and declared bots learn nothing and use nothing up: a link preview must not
    /// spend what was meant for a person, and nobody gets past the limit by the name of a bot.
    static func decide(
        _ link: Link, method: HTTPRequest.Method, userAgent: String?, at now: Timestamp
    ) -> Decision {
        switch link.availability(at: now) {
        case .notStarted: return .notFound
        case .expired: return .gone(.expired)
        case .disabled: return .gone(.disabled)
        // A cached link's count of visits is old; the store decides.
        case .live, .exhausted: break
        }
        guard link.settings.maximumVisits != nil else { return .redirect }
        let isWithheld = method == .head || BotRule.verdict(userAgent: userAgent) == .declaredBot
        return isWithheld ? .withhold : .takeVisit
    }
}
