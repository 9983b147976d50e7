/// Cuts an input into lines: inputs made of texts are text themselves, so that people can read and write them.
struct LineReader {
    private var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) {
        rest = input[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The bytes of the next line; empty at the end.
    mutating func bytes() -> ArraySlice<UInt8> {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        return line
    }

    /// The next line; nil where it is empty.
    mutating func text() -> String? {
        let line = bytes()
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
