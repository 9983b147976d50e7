import ShrinkrBase

/// Reads the members of one JSON object and collects what is wrong with them, so that a client hears of all its
/// mistakes at once.
///
/// A member that is absent or null reads as nil. ``finish()`` reports members that nobody asked for. Names are looked
/// for byte by byte, and each is looked for once, so the work grows with the bytes of the object and no faster.
struct ObjectReader {
    private let members: [JSONValue.Member]
    private var isAsked: [Bool]
    private let path: String
    private(set) var errors = FieldErrors()

    /// - Parameter path: JSON Pointer (RFC 6901) to the object; empty for the whole document.
    init(_ members: [JSONValue.Member], at path: String = "") {
        self.members = members
        self.path = path
        isAsked = Array(repeating: false, count: members.count)
    }

    /// Whether the member is there, be it null.
    func has(_ name: String) -> Bool { members.contains { $0.name.equals(name) } }

    /// Notes that a member is wrong.
    mutating func report(_ name: String, _ problem: FieldProblem) {
        report(UntrustedText(name), problem)
    }

    /// Notes that a member which must be there is not, unless it is there and wrong.
    mutating func require(_ name: String) {
        if members.last(where: { $0.name.equals(name) })?.value.isNull ?? true { report(name, .required) }
    }

    /// Notes members that were never asked for.
    mutating func finish() {
        for (member, isAsked) in zip(members, isAsked) where !isAsked { report(member.name, .unknownMember) }
    }

    /// A text in Normalisation Form C, in which its length is counted.
    ///
    /// - Parameter length: Least and most Unicode scalars.
    mutating func string(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let value = value(name) else { return nil }
        return string(value, length: length, report: { $0.report(name, $1) })
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

    /// Texts as ``string(_:length:)`` reads them; nil where one of them is wrong.
    mutating func strings(_ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>) -> [String]? {
        guard let elements = array(name, of: "strings", count: count) else { return nil }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            let pointer = "\(path)/\(name)/\(index)"
            if let text = string(element, length: length, report: { $0.errors.append(pointer: pointer, $1) }) {
                texts.append(text)
            }
        }
        return texts.count == elements.count ? texts : nil
    }

    private mutating func string(
        _ value: JSONValue, length: ClosedRange<Int>, report: (inout ObjectReader, FieldProblem) -> Void
    ) -> String? {
        guard case .string(let text) = value else {
            report(&self, .wrongType("a string"))
            return nil
        }
        switch FreeText.read(UntrustedText(text), length: length) {
        case .success(let text): return text
        case .failure(let problem):
            report(&self, problem)
            return nil
        }
    }

    /// The member's value. Of two members of one name the last counts, and both are wrong (RFC 8259, section 4).
    private mutating func value(_ name: String) -> JSONValue? {
        var last: JSONValue?
        for (index, member) in members.enumerated() where !isAsked[index] && member.name.equals(name) {
            isAsked[index] = true
            if last != nil { report(name, .duplicate) }
            last = member.value
        }
        guard let value = last, !value.isNull else { return nil }
        return value
    }

    private mutating func wrong<T>(_ name: String, _ problem: FieldProblem) -> T? {
        report(name, problem)
        return nil
    }

    private mutating func report(_ name: UntrustedText, _ problem: FieldProblem) {
        // Not every one of a hundred thousand is named.
        let pointer = errors.isFull ? "" : path + "/" + name.shortened.pointerToken
        errors.append(pointer: pointer, problem)
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

extension UntrustedText {
    /// The text as a part of a JSON Pointer (RFC 6901, section 3).
    fileprivate var pointerToken: String {
        let escaped = bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "~"): Array("~0".utf8)
            case UInt8(ascii: "/"): Array("~1".utf8)
            default: [byte]
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
