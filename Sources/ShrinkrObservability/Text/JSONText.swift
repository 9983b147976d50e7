/// A JSON text being written front to back. Commas place themselves; balancing brackets is the caller's part.
struct JSONText {
    /// What has been written so far.
    private(set) var bytes: [UInt8] = []

    /// Opens an object, as a value or as the whole text.
    mutating func openObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
    }

    /// Closes the innermost object.
    mutating func closeObject() {
        bytes.append(UInt8(ascii: "}"))
    }

    /// Opens an array.
    mutating func openArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
    }

    /// Closes the innermost array.
    mutating func closeArray() {
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value has to follow.
    mutating func key(_ name: String, limit: Int = .max) {
        string(name, limit: limit)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a string, cut with a marker after about `limit` bytes.
    mutating func string(_ text: String, limit: Int = .max) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        SafeText.append(text, limit: limit, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a string that `append` produces and that needs no escaping.
    mutating func plainString(_ append: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a number, `true` or `false`, already in JSON's notation.
    mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// Forgets everything after the first `count` bytes.
    mutating func truncate(to count: Int) {
        bytes.removeSubrange(count...)
    }

    /// A value follows a comma unless it is the first of its container or belongs to a key.
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }
}
