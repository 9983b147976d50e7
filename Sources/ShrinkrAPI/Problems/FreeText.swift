import ShrinkrBase

/// Text that people write: titles, tags, names, and what is looked for among them.
///
/// Its Unicode form is decided here, once: it is brought into Normalisation Form C (UAX #15), and from then on compared
/// byte by byte, in memory and in the database alike.
enum FreeText {
    /// Most scalars that one scalar in Normalisation Form C can have been: U+1F82, U+1F92 and their like are one letter
    /// and three marks.
    static let expansion = 4

    /// The text in Normalisation Form C, or what is wrong with it.
    ///
    /// - Parameter length: Least and most Unicode scalars, counted in that form.
    static func read(_ text: UntrustedText, length: ClosedRange<Int>) -> Result<String, FieldProblem> {
        // So much cannot become short enough, and is not worth the work.
        guard text.count <= Self.expansion * 4 * length.upperBound else {
            return .failure(.tooLong(maximum: length.upperBound))
        }
        let text = text.normalised.string
        let scalars = text.unicodeScalars
        guard scalars.allSatisfy({ !$0.isControl }) else { return .failure(.controlCharacter) }
        guard scalars.count >= length.lowerBound else { return .failure(.tooShort(minimum: length.lowerBound)) }
        guard scalars.count <= length.upperBound else { return .failure(.tooLong(maximum: length.upperBound)) }
        return .success(text)
    }
}

extension FieldProblem: Error {}

extension Unicode.Scalar {
    /// Whether the scalar is a control character (general category Cc).
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
