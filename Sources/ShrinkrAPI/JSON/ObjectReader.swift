import ShrinkrCore

/// Reads the members of one JSON object and collects everything that is wrong with them, so that a client hears of all
/// its mistakes at once.
///
/// A member that is absent or null reads as nil. ``finish()`` reports members that nobody asked for.
struct ObjectReader {
    private var members: [String: JSONValue] = [:]
    private var asked: Set<String> = []
    private let path: String
    package private(set) var errors: [FieldError] = []

    /// - Parameter path: JSON Pointer (RFC 6901) to the object; empty for the whole document.
    init(_ members: [JSONValue.Member], at path: String = "") {
        self.path = path
        for member in members {
            if self.members.updateValue(member.value, forKey: member.name) != nil { report(member.name, .duplicate) }
        }
    }

    /// Whether the member is there, be it null.
    func has(_ name: String) -> Bool { members[name] != nil }

    /// Notes that a member is wrong.
    mutating func report(_ name: String, _ problem: FieldProblem) {
        errors.append(FieldError(location: .pointer("\(path)/\(Self.escaped(name))"), problem: problem))
    }

    /// Notes members that were never asked for.
    mutating func finish() {
        for name in members.keys.sorted() where !asked.contains(name) { report(name, .unknownMember) }
    }

    mutating func string(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { return wrong(name, .wrongType("a string")) }
        guard text.unicodeScalars.allSatisfy({ !$0.isControl }) else { return wrong(name, .controlCharacter) }
        let count = text.unicodeScalars.count
        guard count >= length.lowerBound else { return wrong(name, .tooShort(minimum: length.lowerBound)) }
        guard count <= length.upperBound else { return wrong(name, .tooLong(maximum: length.upperBound)) }
        return text
    }

    /// A text that another parser judges, so nothing but its type is checked here.
    mutating func rawString(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { return wrong(name, .wrongType("a string")) }
        return text
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(name) else { return nil }
        guard let number = value.wholeNumber else { return wrong(name, .wrongType("an integer")) }
        guard range.contains(number) else { return wrong(name, .outOfRange(range)) }
        return number
    }

    mutating func bool(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { return wrong(name, .wrongType("true or false")) }
        return flag
    }

    mutating func time(_ name: String) -> Timestamp? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { return wrong(name, .wrongType("a string with a date and time")) }
        guard let time = Timestamp(rfc3339: text) else { return wrong(name, .notATime) }
        return time
    }

    /// - Parameter items: what the elements are called in the sentence that asks for an array.
    mutating func array(_ name: String, of items: String, count: ClosedRange<Int>) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { return wrong(name, .wrongType("an array of \(items)")) }
        guard elements.count >= count.lowerBound else { return wrong(name, .tooFewItems(minimum: count.lowerBound)) }
        guard elements.count <= count.upperBound else { return wrong(name, .tooManyItems(maximum: count.upperBound)) }
        return elements
    }

    mutating func strings(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String]? {
        guard let elements = array(name, of: "strings", count: count) else { return nil }
        let items = elements.enumerated().map { JSONValue.Member(String($0), $1) }
        var reader = ObjectReader(items, at: "\(path)/\(Self.escaped(name))")
        let texts = items.compactMap { item in
            if item.value == .null { reader.report(item.name, .wrongType("a string")) }
            return reader.string(item.name, length: length)
        }
        errors += reader.errors
        return reader.errors.isEmpty ? texts : nil
    }

    private mutating func value(_ name: String) -> JSONValue? {
        asked.insert(name)
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    private mutating func wrong<T>(_ name: String, _ problem: FieldProblem) -> T? {
        report(name, problem)
        return nil
    }

    /// RFC 6901, section 3.
    private static func escaped(_ name: String) -> String {
        name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}

extension JSONValue {
    /// An integer, also where it is written as `1.0` or `1e3`.
    fileprivate var wholeNumber: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is a control character (general category Cc).
    var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
