/// What a click counts as. Values in parentheses are no names: they stand for what is not known.
package struct ClassifiedClick: Hashable, Sendable {
    /// Stands for what the client did not say, or said in a way that means nothing.
    package static let unknown = "(unknown)"
    /// The referrer of a click without one: typed, bookmarked, or from a page that keeps it to itself.
    package static let direct = "(direct)"
    /// The referrer of a click whose `Referer` names no host.
    package static let invalid = "(invalid)"
    /// The browser of a program that no rule names.
    package static let otherBot = "(other bot)"

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
