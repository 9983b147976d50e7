/// Bounds of a click and of a frame. With them a click takes less than 2 KiB, and a frame fits into one SQS message.
package enum ClickLimits {
    /// Most bytes kept of a `User-Agent`; the rest is cut off.
    package static let userAgentBytes = 400
    /// Most bytes kept of a referrer.
    package static let referrerBytes = 300
    /// Most bytes kept of a language tag (RFC 5646, section 4.4.1).
    package static let languageBytes = 35
    /// Most bytes kept of a country's code (ISO 3166-1 alpha-2).
    package static let countryBytes = 2
    /// Most bytes of a frame on the wire.
    package static let frameBytes = 240 * 1_024
    /// Most clicks that a reader takes from one frame.
    package static let frameClicks = 10_000
    /// The years from which a reader believes a click's time: 2020-01-01 up to 2200-01-01.
    package static let times = Timestamp(seconds: 1_577_836_800)..<Timestamp(seconds: 7_258_118_400)

    /// The time nearest to `time` that a reader believes.
    package static func believable(_ time: Timestamp) -> Timestamp {
        if time < times.lowerBound { return times.lowerBound }
        return time < times.upperBound ? time : times.upperBound.advanced(by: .milliseconds(-1))
    }
}
