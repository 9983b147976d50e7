import HTTPTypes
import ShrinkrBase

/// What kind of answer a client would like (RFC 9110, section 12.5.1), as far as we have a choice.
struct Accept {
    /// Most media ranges that are read; browsers send eight.
    static let maximumRanges = 32

    /// Preference from 0 to 1,000, and place in the field; nil where the kind is not named.
    private typealias Rank = (quality: Int, place: Int)

    private var html: Rank?
    private var json: Rank?
    /// `application/*`.
    private var application: Rank?
    /// `*/*`.
    private var anything: Rank?

    init(_ headers: HTTPFields) {
        var rest = headers.text(.accept)
        for place in 0..<Self.maximumRanges {
            guard let field = rest else { break }
            let (range, after) = field.cut(at: ",")
            read(range, place: place)
            rest = after
        }
    }

    /// Whether the client names HTML, and would rather have it than any kind of JSON: by quality, and where that is equal
    /// by order, as browsers do.
    var prefersHTML: Bool {
        guard let html, html.quality > 0 else { return false }
        // Where JSON is not named, the narrowest range around it says its weight (RFC 9110, section 12.5.1). Of equal
        // weights a named kind comes first.
        guard let json else { return html.quality >= ((application ?? anything)?.quality ?? 0) }
        return html.quality == json.quality ? html.place < json.place : html.quality > json.quality
    }

    private mutating func read(_ range: UntrustedText, place: Int) {
        let (type, parameters) = range.cut(at: ";")
        let name = type.trimmed.lowercasedASCII
        let rank = (quality: Self.quality(parameters), place: place)
        if name.equals("text/html") || name.equals("application/xhtml+xml") { html = Self.better(html, rank) }
        if name.equals("application/*") { application = Self.better(application, rank) }
        if name.equals("*/*") { anything = Self.better(anything, rank) }
        if name.ends(with: "/json") || name.ends(with: "+json") { json = Self.better(json, rank) }
    }

    private static func better(_ known: Rank?, _ rank: Rank) -> Rank {
        guard let known, known.quality >= rank.quality else { return rank }
        return known
    }

    /// The weight (RFC 9110, section 12.4.2) in thousandths; 1 where there is none, or none that can be read.
    private static func quality(_ parameters: UntrustedText?) -> Int {
        var rest = parameters
        // Parameters before the weight belong to the media type; few have any.
        for _ in 0..<8 {
            guard let present = rest else { break }
            let (parameter, after) = present.cut(at: ";")
            let (name, value) = parameter.cut(at: "=")
            if name.trimmed.equalsIgnoringCase("q"), let value { return thousandths(value.trimmed) }
            rest = after
        }
        return 1_000
    }

    private static func thousandths(_ value: UntrustedText) -> Int {
        let (first, rest) = value.cut(at: ".")
        guard let whole = first.digits, whole <= 1 else { return 1_000 }
        guard whole == 0, let fraction = rest, !fraction.isEmpty else { return whole * 1_000 }
        guard fraction.count <= 3, let digits = fraction.digits else { return 1_000 }
        return digits * [100, 10, 1][fraction.count - 1]
    }
}
