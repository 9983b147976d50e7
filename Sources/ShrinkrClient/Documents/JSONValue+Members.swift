package import ShrinkrBase

/// Reading what a server answers. Members that are missing or of another type read as nothing: a server of a later
/// release may say more, and one of an earlier release less.
extension JSONValue {
    /// The member of that name, null where there is none.
    package subscript(_ name: StaticString) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name.equals(name) }?.value ?? .null
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var number: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    package var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    package var items: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }
}
