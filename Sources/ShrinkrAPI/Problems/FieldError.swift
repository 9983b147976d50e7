import ShrinkrBase

/// One thing that is wrong with one member, query parameter or header of a request.
struct FieldError: Sendable {
    enum Location: Sendable {
        /// JSON Pointer (RFC 6901) into the body.
        case pointer(String)
        /// Name of a query parameter.
        case parameter(String)
    }

    let location: Location
    let problem: FieldProblem

    init(location: Location, problem: FieldProblem) {
        self.location = location
        self.problem = problem
    }

    var json: JSONValue {
        let place: JSONValue.Member =
            switch location {
            case .pointer(let pointer): .init("pointer", .string(pointer))
            case .parameter(let name): .init("parameter", .string(name))
            }
        return .object([place, .init("code", .string(problem.code)), .init("detail", .string(problem.detail))])
    }
}

/// What is wrong: a stable code for programs and a sentence for people.
struct FieldProblem: Sendable {
    let code: String
    let detail: String

    init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    static let required = FieldProblem("required", "This member is required.")
    static let duplicate = FieldProblem("invalid", "This member is given twice.")
    static let unknownMember = FieldProblem("unknown_member", "There is no such member here.")
    static let unknownParameter = FieldProblem("unknown_parameter", "There is no such query parameter here.")
    static let controlCharacter = FieldProblem("control_character", "The text must not contain control characters.")
    static let notATime = FieldProblem(
        "invalid", "The value is not a date and time as RFC 3339 writes them, for example 2026-12-31T23:59:59Z.")
    static let notAMoment = FieldProblem(
        "invalid",
        "The value is neither a date and time (2026-12-31T23:59:59Z) nor a date (2026-12-31) nor a time ago (-7d).")

    static let notAColour = FieldProblem(
        "invalid", "The value is not a colour of six hexadecimal digits: red, green and blue, for example 1a2b3c.")

    static func wrongType(_ expected: String) -> FieldProblem {
        FieldProblem("wrong_type", "The value must be \(expected).")
    }

    static func tooShort(minimum: Int) -> FieldProblem {
        FieldProblem(
            "too_short", minimum == 1 ? "The text must not be empty." : "The text needs at least \(minimum) characters."
        )
    }

    static func tooLong(maximum: Int) -> FieldProblem {
        FieldProblem("too_long", "The text must not have more than \(maximum) characters.")
    }

    static func tooFewItems(minimum: Int) -> FieldProblem {
        FieldProblem("out_of_range", "The array needs at least \(minimum) \(minimum == 1 ? "item" : "items").")
    }

    static func tooManyItems(maximum: Int) -> FieldProblem {
        FieldProblem("out_of_range", "The array must not have more than \(maximum) items.")
    }

    static func outOfRange(_ range: ClosedRange<Int>) -> FieldProblem {
        FieldProblem("out_of_range", "The number must be from \(range.lowerBound) to \(range.upperBound).")
    }

    static func oneOf(_ values: [String]) -> FieldProblem {
        FieldProblem("invalid", "The value must be one of: \(values.joined(separator: ", ")).")
    }
}
