/// Reads comma-separated values (RFC 4180), row by row: fields in quotes may hold commas, line breaks and doubled quotes.
///
/// Rows may end with a line feed alone, and a byte order mark in front is passed over.
package struct CSVReader {
    /// Why the text is not read any further.
    package struct Malformed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Most bytes of a field, and most fields of a row: what a link can have is far less.
    static let (maximumField, maximumFields) = (64 << 10, 256)

    private let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    /// The line of the row that comes next, counted from 1.
    private(set) var line = 1

    /// - Parameter bytes: the whole text. Where its first line has semicolons and no comma, as spreadsheets write in many
    ///   countries, these separate fields.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let head = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let (comma, semicolon) = (UInt8(ascii: ","), UInt8(ascii: ";"))
        separator = head.contains(semicolon) && !head.contains(comma) ? semicolon : comma
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next row, with the line that it begins on; nil at the end. Lines without anything are passed over.
    package mutating func next() throws(Malformed) -> (line: Int, fields: [[UInt8]])? {
        while position < bytes.count, bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
        guard position < bytes.count else { return nil }
        let start = line
        var fields: [[UInt8]] = []
        repeat {
            guard fields.count < Self.maximumFields else {
                throw Malformed(description: "line \(start) has more than \(Self.maximumFields) fields")
            }
            fields.append(try field(of: start))
        } while skip(separator)
        return (start, fields)
    }

    private mutating func field(of start: Int) throws(Malformed) -> [UInt8] {
        var field: [UInt8] = []
        let isQuoted = skip(UInt8(ascii: "\""))
        while position < bytes.count {
            let byte = bytes[position]
            if isQuoted {
                if byte == UInt8(ascii: "\"") {
                    position += 1
                    // Two stand for one; one alone ends the field.
                    guard skip(UInt8(ascii: "\"")) else { return try ended(field, start) }
                    position -= 1
                }
            } else if byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                return field
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
            position += 1
            guard field.count <= Self.maximumField else {
                throw Malformed(description: "line \(start) has a field of more than \(Self.maximumField) bytes")
            }
        }
        guard !isQuoted else { throw Malformed(description: "the quotes of line \(start) are not closed") }
        return field
    }

    private func ended(_ field: [UInt8], _ start: Int) throws(Malformed) -> [UInt8] {
        guard position < bytes.count else { return field }
        let next = bytes[position]
        guard next == separator || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") else {
            throw Malformed(description: "line \(start) has something behind closing quotes")
        }
        return field
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
