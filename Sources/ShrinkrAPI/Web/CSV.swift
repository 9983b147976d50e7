import ShrinkrBase

/// A table as text (RFC 4180), in UTF-8.
struct CSV {
    static let type = "text/csv; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    /// Rows beside the heading.
    private(set) var rows = -1

    init(_ heading: [String]) {
        append(heading)
    }

    mutating func append(_ cells: [String]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            Self.append(Array(cell.utf8), to: &bytes)
        }
        bytes += "\r\n".utf8
        rows += 1
    }

    private static func append(_ cell: [UInt8], to bytes: inout [UInt8]) {
        // A spreadsheet takes such a cell for a formula, and some run what is in it: with a quotation mark before it it is
        // text (OWASP, "CSV injection").
        let text = (Formula.begins(cell) ? [UInt8(ascii: "'")] : []) + cell
        // Some spreadsheets divide at semicolons and tabs, unless there are quotes.
        guard text.contains(where: { ",;\t\"\r\n".utf8.contains($0) }) else {
            bytes += text
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
