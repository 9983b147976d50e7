import ShrinkrBase
package import ShrinkrCore
import ShrinkrDestinations

/// What `q` is looked for in: one text for each link, the same in every store.
///
/// It has a link's code, its destination as it is stored and as people read it, title and tags, in one form of letters: each
/// lower case by itself, and composed. A text that somebody looks for is brought into the same form and then compared
/// byte by byte.
package enum SearchText {
    /// Characters that index and query are made of: what FTS5's tokenizer and `pg_trgm` call trigrams.
    package static let gramLength = 3

    /// The text of a link. Takes n log n time for n bytes of its settings.
    package static func of(_ code: ShortCode, _ settings: LinkSettings) -> String {
        let readable = mayReadOtherwise(settings.url) ? try? DestinationURL.parse(settings.url).readable : nil
        let parts = [code.text, settings.url] + [readable, settings.title].compactMap(\.self) + settings.tags
        // Nobody can look for a text with a line break in it.
        return parts.map(folded).joined(separator: "\n")
    }

    /// Whether a destination may be another text to people: the host is no ASCII, or something is percent-encoded. Most
    /// destinations are seen not to be without being parsed.
    private static func mayReadOtherwise(_ url: String) -> Bool {
        let text = UntrustedText(url)
        return !text.bytes.allSatisfy(isPlain) || text.lowercasedASCII.holds("xn--")
    }

    /// What is no letter or digit and yet the same for browsers and people (RFC 3986, sections 2.2 and 2.3).
    private static let plainMarks = Array("-._~:/?#@!$&()*+,;=".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || byte.isASCIILetter || plainMarks.contains(byte)
    }

    /// A text that is looked for.
    package static func query(_ text: String) -> String { folded(text) }

    /// Control characters, which may be in what was percent-encoded, become spaces: PostgreSQL cannot keep U+0000.
    private static func folded(_ text: String) -> String {
        let text = UntrustedText(text)
        if text.isASCII {
            return UntrustedText(bytes: text.lowercasedASCII.bytes.map { $0 < 0x20 ? 0x20 : $0 }).string
        }
        var folded = String.UnicodeScalarView()
        for scalar in text.string.unicodeScalars {
            if scalar.value < 0x20 {
                folded.append(" ")
            } else if scalar.isASCII {
                folded.append(Unicode.Scalar(UInt8(scalar.value).asciiLowercased))
            } else {
                folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return UntrustedText(String(folded)).normalised.string
    }
}

extension LinkQuery {
    /// Most grams that an index is asked for: a few find nearly as little as all, in a fraction of the time, and what they
    /// find is compared with the whole text anyway.
    private static let maximumGrams = 8
    /// Grams of nearly all links, by which little is found.
    private static let commonGrams = Set(["http://www.", "https://www."].flatMap(grams))

    /// What is looked for in texts of links (``SearchText``); nil where the list is no search.
    package var searched: String? { search.map(SearchText.query) }

    /// Pieces of the text that is looked for by which an index finds it, spread over all of it; none where it is too short.
    package var searchGrams: [String] {
        let all = Self.grams(of: searched ?? "")
        let rare = all.filter { !Self.commonGrams.contains($0) }
        let grams = rare.isEmpty ? all : rare
        let step = max(1, (grams.count + Self.maximumGrams - 1) / Self.maximumGrams)
        return stride(from: 0, to: grams.count, by: step).map { grams[$0].string }
    }

    /// All pieces of ``SearchText/gramLength`` characters.
    private static func grams(of text: String) -> [UntrustedText] {
        let scalars = Array(text.unicodeScalars)
        return stride(from: 0, through: scalars.count - SearchText.gramLength, by: 1).map { start in
            var gram = String.UnicodeScalarView()
            gram.append(contentsOf: scalars[start..<(start + SearchText.gramLength)])
            return UntrustedText(String(gram))
        }
    }
}

extension LinkQuery {
    /// How many links a list looks at first, in its own order, for those that match a filter which no index of that order
    /// knows: where matches are frequent they are found so. Where they are rare, few are to be sorted afterwards.
    package static let walkedLinks = 2_000

    /// Whether the list is sorted by something else than by what its filters are found by.
    package var isWalkedFirst: Bool { (order.isRanked ? 1 : 0) + (search == nil ? 0 : 1) + (tags.isEmpty ? 0 : 1) > 1 }
}

extension LinkQuery.Order {
    /// Whether links are sorted by their clicks and not by their number alone.
    package var isRanked: Bool {
        switch self {
        case .newest, .oldest: false
        case .clicks, .lastClick: true
        }
    }
}
