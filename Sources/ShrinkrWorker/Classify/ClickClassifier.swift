import ShrinkrBase
package import ShrinkrCore
import Synchronization

/// Turns a click into what it counts as.
///
/// Visitors of one site use few user agents, so their profiles are remembered: reading one anew costs as much as
/// decoding several clicks.
package final class ClickClassifier: Sendable {
    /// User agents that are remembered at least; twice as many at most, each up to ``ClickLimits/userAgentBytes``.
    package static let cachedUserAgents = 4_096

    private let cache = Mutex(GenerationCache<UntrustedText?, UserAgentProfile>(capacity: cachedUserAgents))

    package init() {}

    package func classify(_ click: Click) -> ClassifiedClick {
        let client = client(
            click.userAgent.map { UntrustedText($0) },
            isFetch: click.method == .head || click.isPrefetch, isConfirmed: click.isConfirmed, hints: click.hints)
        return ClassifiedClick(
            isBot: client.isBot,
            referrer: ReferrerDomain.read(click.referrer),
            browser: client.profile.browser,
            os: client.profile.os,
            device: client.profile.device,
            country: RegionCode.read(click.country),
            language: LanguageTag.primary(of: click.language))
    }

    /// What ``classify(_:)`` makes of the client of a message's click.
    func client(_ click: FrameMessage.Row, of message: FrameMessage) -> (isBot: Bool, profile: UserAgentProfile) {
        client(
            click.userAgent == 0 ? nil : message.userAgents[Int(click.userAgent) - 1],
            isFetch: !click.traits.isDisjoint(with: [.head, .prefetch]),
            isConfirmed: click.traits.contains(.confirmed), hints: ClickHints(rawValue: click.hints))
    }

    /// - Parameter isFetch: whether nobody has clicked for certain.
    private func client(
        _ userAgent: UntrustedText?, isFetch: Bool, isConfirmed: Bool, hints: ClickHints
    ) -> (isBot: Bool, profile: UserAgentProfile) {
        // Whoever pressed "Continue" is believed more than what is missing, but not a program that says it is one.
        let profile = profile(of: userAgent).with(isConfirmed ? hints.intersection(.said) : hints)
        let isPerson =
            switch profile.verdict {
            case .person: true
            case .declaredBot: isConfirmed
            case .tool: false
            }
        return (isFetch || !isPerson, profile)
    }

    /// What a user agent says, from memory where it was seen lately.
    func profile(of userAgent: UntrustedText?) -> UserAgentProfile {
        if let known = cache.withLock({ $0[userAgent] }) { return known }
        // Two tasks may read the same user agent at once, with the same result.
        let profile = UserAgentRule.profile(userAgent: userAgent?.string)
        // A copy, since the text may be a part of a message.
        let key = userAgent.map { UntrustedText(bytes: Array($0.bytes)) }
        cache.withLock { $0[key] = profile }
        return profile
    }
}

/// What a click counts as. Values in parentheses are no names: they stand for what is not known.
package struct ClassifiedClick: Hashable, Sendable {
    /// Stands for what the client did not say, or said in a way that means nothing.
    package static let unknown = UserAgentProfile.unknown
    /// The referrer of a click without one: typed, bookmarked, or from a page that keeps it to itself.
    package static let direct = "(direct)"
    /// The referrer of a click whose `Referer` names no host.
    package static let invalid = "(invalid)"

    /// Whether the click counts as a bot's and not as a person's.
    package let isBot: Bool
    /// Host of the referring page in lower case, without `www.`.
    package let referrer: String
    package let browser: String
    package let os: String
    package let device: String
    /// Two letters in upper case (ISO 3166-1 alpha-2).
    package let country: String
    /// Primary subtag in lower case (RFC 5646, section 2.2.1): `en` for `en-GB`.
    package let language: String
}

/// Reads the language from a tag such as `en-GB` (RFC 5646).
enum LanguageTag {
    /// The primary subtag in lower case: 2 to 8 letters (RFC 5646, section 2.1); ``ClassifiedClick/unknown`` else.
    static func primary(of tag: String?) -> String {
        let subtag = (tag ?? "").utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        guard (2...8).contains(subtag.count), subtag.allSatisfy(\.isASCIILetter) else { return ClassifiedClick.unknown }
        return UntrustedText(bytes: subtag).lowercasedASCII.string
    }
}

extension UInt8 {
    var isASCIILetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }
}

/// Reads a country's code.
enum RegionCode {
    /// Two letters in upper case (ISO 3166-1 alpha-2); ``ClassifiedClick/unknown`` for anything else, and for `XX`,
    /// which is nobody's code and what proxies send when they do not know.
    static func read(_ country: String?) -> String {
        guard let country, country.utf8.count == 2, country.utf8.allSatisfy(\.isASCIILetter) else {
            return ClassifiedClick.unknown
        }
        let code = UntrustedText(country).uppercasedASCII
        return code.equals("XX") ? ClassifiedClick.unknown : code.string
    }
}
