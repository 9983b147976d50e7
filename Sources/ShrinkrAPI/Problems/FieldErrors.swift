import ShrinkrBase

/// What is wrong with one request, or one item of a batch: the first few errors, and how many there are in all.
///
/// A request can hold a hundred thousand mistakes, and an answer that names each would be many times its size.
struct FieldErrors: Sendable {
    /// Most errors that an answer names.
    static let maximumNamed = 20

    private(set) var named: [FieldError] = []
    private(set) var count = 0

    init() {}

    init(_ error: FieldError) {
        append(error)
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ error: FieldError) {
        count += 1
        if !isFull { named.append(error) }
    }

    /// Whether a further error is counted and not named.
    var isFull: Bool { named.count >= Self.maximumNamed }

    mutating func append(pointer: String, _ problem: FieldProblem) {
        append(FieldError(location: .pointer(pointer), problem: problem))
    }

    /// Names no more than the first `limit` errors.
    mutating func name(atMost limit: Int) {
        named = Array(named.prefix(limit))
    }

    /// How many errors there are, in a sentence.
    var sentence: String {
        let subject = count == 1 ? "One value is" : "\(count) values are"
        let place = named.count < count ? "see 'errors' for the first \(named.count)" : "see 'errors'"
        return "\(subject) not accepted; \(place)."
    }
}

extension UntrustedText {
    /// Most bytes of a text from a request that an answer repeats.
    private static let maximumRepeated = 64

    /// The text as an answer may repeat it: whole, or its beginning and an ellipsis.
    var shortened: UntrustedText {
        guard count > Self.maximumRepeated else { return self }
        return UntrustedText(prefix(bytes: Self.maximumRepeated).string + "…")
    }
}
