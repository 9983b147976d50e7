package import ShrinkrBase

/// What an answer of the API holds; what is missing, or of another kind, is nil, empty or zero.
extension JSONValue {
    package subscript(member name: StaticString) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name.equals(name) }?.value ?? .null
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    package var isTrue: Bool { self == .bool(true) }
    package var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
