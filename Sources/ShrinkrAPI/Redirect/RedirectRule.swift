import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore

/// Decides what a request for a link gets.
enum RedirectRule {
    enum Decision: Hashable {
        case redirect
        /// Redirect, if a visit can be taken from the link's limit.
        case takeVisit
        /// Say that there is a link, and nothing about where it leads.
        case withhold
        /// Refuse for now: a browser that fetches ahead then asks again when its user really comes.
        case notAheadOfTime
        /// The link does not exist yet.
        case notFound
        case gone(LinkAvailability)
    }

    /// On a link with a visit limit, `HEAD`, declared bots and parts of pages learn nothing and use nothing up: a link
    /// preview must not spend what was meant for a person, and nobody gets past the limit by the name of a bot. A prefetch
    /// uses nothing up either. Other programs, such as `curl`, take a visit as people do, for a person may run them.
    static func decide(_ link: Link, request: Request, at now: Timestamp) -> Decision {
        switch link.availability(at: now) {
        case .notStarted: return .notFound
        case .expired: return .gone(.expired)
        case .disabled: return .gone(.disabled)
        // A cached link's count of visits is old; the store decides.
        case .live, .exhausted: break
        }
        guard link.settings.maximumVisits != nil else { return .redirect }
        let isBot = UserAgentRule.verdict(userAgent: request.headers.text(.userAgent)?.string) == .declaredBot
        if request.method == .head || isBot { return .withhold }
        switch FetchPurpose(request) {
        case .visit: return .takeVisit
        case .aheadOfTime: return .notAheadOfTime
        case .partOfPage: return .withhold
        }
    }
}
