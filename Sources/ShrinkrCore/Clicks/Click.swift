package import ShrinkrBase

/// One followed link, with what is known of who followed it. Absent means unknown.
///
/// Holds nothing that identifies a person: the address is truncated, the visitor hash changes its key every day.
package struct Click: Hashable, Sendable {
    /// How the link was followed.
    package enum Method: String, Hashable, Sendable, Codable {
        case get = "GET"
        case head = "HEAD"
    }

    /// When the redirect was answered.
    package var time: Timestamp
    package var code: ShortCode
    package var method: Method
    /// Already truncated (``IPAddress/truncated``).
    package var address: IPAddress?
    /// Keyed hash of full address and user agent under a key of the day.
    package var visitor: VisitorHash?
    package var userAgent: String?
    /// The referring page without user information, query and fragment.
    package var referrer: String?
    /// The first language that the client prefers (RFC 9110, section 12.5.4).
    package var language: String?
    /// ISO 3166-1 alpha-2 code from a trusted proxy.
    package var country: String?
    /// Whether the client said that nobody had clicked: it fetched ahead (`Sec-Purpose: prefetch`), or a part of a page.
    package var isPrefetch: Bool
    /// Whether a person pressed "Continue" on the page that declared bots get of a limited link, so that the user agent
    /// was misjudged.
    package var isConfirmed: Bool
    /// What else the request says of its client.
    package var hints: ClickHints

    package init(
        time: Timestamp, code: ShortCode, method: Method, address: IPAddress? = nil, visitor: VisitorHash? = nil,
        userAgent: String? = nil, referrer: String? = nil, language: String? = nil, country: String? = nil,
        isPrefetch: Bool = false, isConfirmed: Bool = false, hints: ClickHints = []
    ) {
        self.time = time
        self.code = code
        self.method = method
        self.address = address
        self.visitor = visitor
        self.userAgent = userAgent
        self.referrer = referrer
        self.language = language
        self.country = country
        self.isPrefetch = isPrefetch
        self.isConfirmed = isConfirmed
        self.hints = hints
    }
}

/// 64 bits that are equal for the clicks of one visitor within one UTC day, and say nothing beyond it.
package struct VisitorHash: Hashable, Sendable {
    package let bits: UInt64

    package init(bits: UInt64) {
        self.bits = bits
    }

    /// Nil unless the text is 16 lower-case hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard let bits = UInt64(text, radix: 16) else { return nil }
        self.bits = bits
        // Also the number's parser takes signs, upper case and fewer digits.
        guard hexadecimal == text else { return nil }
    }

    /// 16 lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

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

    /// As ``believable(_:)``, in milliseconds of Unix time.
    package static func believable(milliseconds: Int64) -> Int64 {
        believable(Timestamp(milliseconds: milliseconds)).milliseconds
    }
}
