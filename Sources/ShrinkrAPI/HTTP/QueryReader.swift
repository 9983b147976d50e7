import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrQR

/// Reads the query of a request and collects what is wrong with it, as ``ObjectReader`` does for a body.
///
/// A `+` in a text is a space, as forms and most HTTP libraries write it (WHATWG URL Standard, section 5.1). Times and
/// names of time zones have no spaces and may have a plus, so there it is one.
struct QueryReader {
    /// Most parameters of a query, empty ones included.
    static let maximumParameters = 64

    private struct Parameter {
        let name: UntrustedText
        /// As it was sent.
        let value: UntrustedText
        var isAsked = false
    }

    private var parameters: [Parameter] = []
    private var hasTooMany = false
    private(set) var errors = FieldErrors()

    init(_ request: Request) {
        var rest = request.uri.query.map { UntrustedText($0) }
        for _ in 0..<Self.maximumParameters {
            guard let query = rest else { return }
            let (piece, after) = query.cut(at: "&")
            rest = after
            if piece.isEmpty { continue }
            let (name, value) = piece.cut(at: "=")
            parameters.append(Parameter(name: name, value: value ?? UntrustedText("")))
        }
        hasTooMany = rest != nil
    }

    mutating func report(_ name: String, _ problem: FieldProblem) {
        report(UntrustedText(name), problem)
    }

    /// Whether the parameter is there, be it empty.
    func has(_ name: String) -> Bool { parameters.contains { $0.name.equals(name) } }

    /// - Throws: ``Problem/validation(_:)`` with everything that was wrong, parameters that nobody asked for included;
    ///   (400) where there are too many of them.
    mutating func finish() throws {
        guard !hasTooMany else {
            throw Problem.malformedRequest("The query has more than \(Self.maximumParameters) parameters.")
        }
        for parameter in parameters where !parameter.isAsked { report(parameter.name, .unknownParameter) }
        guard errors.isEmpty else { throw Problem.validation(errors) }
    }

    /// A text in Normalisation Form C, in which its length is counted.
    ///
    /// - Parameter length: Least and most Unicode scalars.
    mutating func string(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let text = value(name, plusIsSpace: true) else { return nil }
        switch FreeText.read(text, length: length) {
        case .success(let text): return text
        case .failure(let problem): return wrong(name, problem)
        }
    }

    /// Texts in Normalisation Form C, of a parameter that may be there several times; each once.
    ///
    /// - Parameters:
    ///   - count: Most of them.
    ///   - length: Least and most Unicode scalars of each.
    mutating func strings(_ name: String, count: Int, length: ClosedRange<Int>) -> [String] {
        var found: [UntrustedText] = []
        for index in parameters.indices where parameters[index].name.equals(name) {
            parameters[index].isAsked = true
            guard found.count < count else {
                report(name, FieldProblem("too_long", "There may be \(count) of this parameter."))
                break
            }
            switch FreeText.read(Self.decoded(parameters[index].value, plusIsSpace: true), length: length) {
            case .success(let text): found.append(UntrustedText(text))
            case .failure(let problem): report(name, problem)
            }
        }
        return Set(found).sorted(by: UntrustedText.precedes).map(\.string)
    }

    /// A name that is made of ASCII characters, such as that of a time zone; nil, and wrong, where it is not.
    mutating func identifier(_ name: String, length: ClosedRange<Int>, else problem: FieldProblem) -> String? {
        guard let text = value(name, plusIsSpace: false) else { return nil }
        guard !text.isEmpty else { return wrong(name, .tooShort(minimum: 1)) }
        guard length.contains(text.count), let identifier = text.ascii else { return wrong(name, problem) }
        return identifier
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = value(name, plusIsSpace: false) else { return nil }
        guard let number = text.digits, range.contains(number) else { return wrong(name, .outOfRange(range)) }
        return number
    }

    mutating func time(_ name: String) -> Timestamp? {
        guard let text = value(name, plusIsSpace: false) else { return nil }
        guard let time = text.ascii.flatMap({ Timestamp(rfc3339: $0) }) else { return wrong(name, .notATime) }
        return time
    }

    mutating func bool(_ name: String) -> Bool? {
        guard let text = value(name, plusIsSpace: false) else { return nil }
        if text.equals("true") { return true }
        return text.equals("false") ? false : wrong(name, .oneOf(["true", "false"]))
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) -> Choice?
    where Choice.RawValue == String {
        guard let text = value(name, plusIsSpace: false) else { return nil }
        guard let choice = Choice.allCases.first(where: { text.equals($0.rawValue) }) else {
            return wrong(name, .oneOf(Choice.allCases.map(\.rawValue)))
        }
        return choice
    }

    /// A colour as six hexadecimal digits, as in `1a2b3c`.
    mutating func colour(_ name: String) -> QRPicture.Colour? {
        guard let text = value(name, plusIsSpace: false) else { return nil }
        return QRPicture.Colour(hexadecimal: text.bytes) ?? wrong(name, .notAColour)
    }

    /// The parameter's value, percent-decoded where that gives UTF-8. Of two parameters of one name the last counts, and
    /// both are wrong.
    private mutating func value(_ name: String, plusIsSpace: Bool) -> UntrustedText? {
        var last: UntrustedText?
        for index in parameters.indices where parameters[index].name.equals(name) {
            parameters[index].isAsked = true
            if last != nil { report(name, FieldProblem("invalid", "This parameter is given twice.")) }
            last = parameters[index].value
        }
        return last.map { Self.decoded($0, plusIsSpace: plusIsSpace) }
    }

    private static func decoded(_ value: UntrustedText, plusIsSpace: Bool) -> UntrustedText {
        let sent = plusIsSpace ? value.mapping("+", to: " ") : value
        let decoded = sent.percentDecoded
        return decoded.isUTF8 ? decoded : sent
    }

    private mutating func wrong<T>(_ name: String, _ problem: FieldProblem) -> T? {
        report(name, problem)
        return nil
    }

    private mutating func report(_ name: UntrustedText, _ problem: FieldProblem) {
        errors.append(FieldError(location: .parameter(name.shortened.string), problem: problem))
    }
}

extension HTTPFields {
    /// The value of a field that a client sent, lines of one name joined with a comma (RFC 9110, section 5.3); nil where
    /// there is none.
    ///
    /// The only way to read a field of a request: what it gives cannot be compared as a `String`.
    func text(_ name: HTTPField.Name) -> UntrustedText? {
        // text: this is where fields become untrusted text.
        self[name].map { UntrustedText($0) }
    }

    /// The same, line by line, of a field whose lines are not to be joined.
    func texts(_ name: HTTPField.Name) -> [UntrustedText] { self[values: name].map { UntrustedText($0) } }

    /// Whether `Connection` is `close`, as ``RequestHeadRules`` and the server itself write it.
    var saysClose: Bool { text(.connection)?.equals("close") ?? false }
}
