import Hummingbird
import ShrinkrCore

/// Reads the query of a request and collects everything that is wrong with it, as ``ObjectReader`` does for a body.
struct QueryReader {
    private var values: [String: String] = [:]
    private var asked: Set<String> = []
    private(set) var errors: [FieldError] = []

    init(_ request: Request) {
        for (name, value) in request.uri.queryParameters {
            let (name, value) = (String(name), String(value))
            if values.updateValue(value, forKey: name) != nil {
                report(name, FieldProblem("invalid", "This parameter is given twice."))
            }
        }
    }

    mutating func report(_ name: String, _ problem: FieldProblem) {
        errors.append(FieldError(location: .parameter(name), problem: problem))
    }

    /// - Throws: ``Problem/validation(_:)`` with everything that was wrong, parameters that nobody asked for included.
    mutating func finish() throws {
        for name in values.keys.sorted() where !asked.contains(name) { report(name, .unknownParameter) }
        guard errors.isEmpty else { throw Problem.validation(errors) }
    }

    mutating func string(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let text = value(name) else { return nil }
        let count = text.unicodeScalars.count
        guard count >= length.lowerBound else { return wrong(name, .tooShort(minimum: length.lowerBound)) }
        guard count <= length.upperBound else { return wrong(name, .tooLong(maximum: length.upperBound)) }
        guard text.unicodeScalars.allSatisfy({ !$0.isControl }) else { return wrong(name, .controlCharacter) }
        return text
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = value(name) else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
        else { return wrong(name, .outOfRange(range)) }
        return number
    }

    mutating func time(_ name: String) -> Timestamp? {
        guard let text = value(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else { return wrong(name, .notATime) }
        return time
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) -> Choice?
    where Choice.RawValue == String {
        guard let text = value(name) else { return nil }
        guard let choice = Choice(rawValue: text) else { return wrong(name, .oneOf(Choice.allCases.map(\.rawValue))) }
        return choice
    }

    private mutating func value(_ name: String) -> String? {
        asked.insert(name)
        return values[name]
    }

    private mutating func wrong<T>(_ name: String, _ problem: FieldProblem) -> T? {
        report(name, problem)
        return nil
    }
}
