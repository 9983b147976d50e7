import ShrinkrBase

/// Why a message holds no click frames that this version can count.
package enum ClickFrameError: Error, Hashable, CustomStringConvertible {
    case tooLarge(bytes: Int)
    case unknownVersion(Int)
    case malformed(String)

    package var description: String {
        switch self {
        case .tooLarge(let bytes): "the message has \(bytes) bytes; a frame has at most \(ClickLimits.frameBytes)"
        case .unknownVersion(let version): "the frame has version \(version); this worker reads 1"
        case .malformed(let reason): reason
        }
    }

    static func notAFrame(_ reason: String) -> ClickFrameError {
        .malformed("the message is not a click frame: \(reason)")
    }

    static func wrongType(_ member: String) -> ClickFrameError {
        .notAFrame("member '\(member)' has the wrong type")
    }
}

/// What is wrong with a member of an object. Whoever may send to the queue chooses names and values of members, so an error
/// names none but ours.
enum MemberError: Error {
    case missing(StaticString)
    case wrongType(StaticString)
    case impossible(StaticString)
    case other(ClickFrameError)

    /// - Parameter path: where the object is in the message: empty, or ending in a point.
    func inside(_ path: String) -> ClickFrameError {
        switch self {
        case .missing(let name): .notAFrame("member '\(path)\(name)' is missing")
        case .wrongType(let name): .wrongType("\(path)\(name)")
        case .impossible(let name): .notAFrame("member '\(path)\(name)' has an impossible value")
        case .other(let error): error
        }
    }
}

/// Reads what is expected from the value of a member; nil stands for a member that is not there.
enum MemberReading {
    static func integer(_ value: JSONCursor.Value?, _ name: StaticString) throws(MemberError) -> Int {
        switch value {
        case nil: throw .missing(name)
        case .integer(let number): return number
        // Some writers write every number like this.
        case .number(let number):
            guard let whole = Int(exactly: number) else { throw .impossible(name) }
            return whole
        default: throw .wrongType(name)
        }
    }

    static func text(_ value: JSONCursor.Value?, _ name: StaticString) throws(MemberError) -> JSONCursor.Text {
        switch value {
        case nil: throw .missing(name)
        case .text(let text): return text
        default: throw .wrongType(name)
        }
    }

    /// Nil where the member is absent or null.
    static func optionalText(
        _ value: JSONCursor.Value?, _ name: StaticString
    ) throws(MemberError) -> JSONCursor.Text? {
        switch value {
        case nil, .null: return nil
        case .text(let text): return text
        default: throw .wrongType(name)
        }
    }

    static func flag(_ value: JSONCursor.Value?, _ name: StaticString) throws(MemberError) -> Bool {
        switch value {
        case nil, .null: return false
        case .bool(let flag): return flag
        default: throw .wrongType(name)
        }
    }

    /// Bits as a number; 0 where there are none.
    static func bits(_ value: JSONCursor.Value?, _ name: StaticString) throws(MemberError) -> UInt32 {
        switch value {
        case nil, .null: return 0
        default:
            guard let bits = UInt32(exactly: try integer(value, name)) else { throw .impossible(name) }
            return bits
        }
    }
}
