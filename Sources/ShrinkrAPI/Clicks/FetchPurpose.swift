import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore

/// Why a client asks, as far as it says.
enum FetchPurpose: Hashable, Sendable {
    /// Nothing says that no person has followed the link.
    case visit
    /// It is fetched before anybody has followed it, perhaps in vain.
    case aheadOfTime
    /// It is fetched as a part of a page or by a script in one.
    case partOfPage

    init(_ request: Request) {
        if Self.saysAheadOfTime(request.headers) {
            self = .aheadOfTime
        } else {
            self = Self.saysPartOfPage(request.headers) ? .partOfPage : .visit
        }
    }

    /// Fields whose value says why the client asks: of the Fetch standard (`Sec-Purpose`), of browsers and scripts
    /// before it.
    static let purposeFields: [HTTPField.Name] = [.secPurpose, .purpose, .xPurpose, .xSecPurpose, .xMoz, .moz]

    /// Fields that are there only where something is fetched ahead: by Next.js, and by Chrome for speculation rules.
    static let aheadFields: [HTTPField.Name] = [
        .nextRouterPrefetch, .nextRouterSegmentPrefetch, .xMiddlewarePrefetch, .secSpeculationTags,
    ]

    /// What these values say: `prefetch`, `prefetch;prerender`, `preview` (pictures of pages in Safari and Opera),
    /// `instant` (Chrome, while somebody types).
    private static let aheadWords = ["prefetch", "prerender", "preview", "instant"].map { Array($0.utf8) }

    private static func saysAheadOfTime(_ fields: HTTPFields) -> Bool {
        aheadFields.contains { fields.text($0) != nil }
            || purposeFields.contains { name in fields.texts(name).contains { $0.namesOne(of: aheadWords) } }
    }

    /// Fetch Metadata (W3C): following a link is a navigation of a whole page, whose mode is `navigate` and whose
    /// destination is `document`; a frame of a page navigates too, and nobody may see it. Only browsers are believed:
    /// `fetch` of Node.js says `cors` of a plain request.
    private static func saysPartOfPage(_ fields: HTTPFields) -> Bool {
        guard UserAgentRule.verdict(userAgent: fields.text(.userAgent)?.string) != .tool else { return false }
        let isOtherMode = fields.text(.secFetchMode).map { !$0.namesOne(of: [Array("navigate".utf8)]) } ?? false
        let isOtherPlace = fields.text(.secFetchDest).map { !$0.namesOne(of: [Array("document".utf8)]) } ?? false
        return isOtherMode || isOtherPlace
    }
}

extension UntrustedText {
    /// Whether one of the words that separators of HTTP fields set apart is one of `words` (small letters), in any case.
    fileprivate func namesOne(of words: [[UInt8]]) -> Bool {
        // A separator is what no token has (RFC 9110, section 5.6.2) and `=`, which parameters have.
        return lowercasedASCII.bytes.split { !$0.isTokenByte }.contains { word in
            words.contains { word.elementsEqual($0) }
        }
    }
}

extension UInt8 {
    /// Letters, digits, `-` and `_`; of tokens no more is needed here.
    fileprivate var isTokenByte: Bool {
        (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) || self == 0x2D || self == 0x5F
    }
}
