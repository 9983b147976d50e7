/// A row of comma-separated values (RFC 4180, section 2), in UTF-8.
package enum CSVRow {
    /// How a text begins that a spreadsheet takes for a formula, and perhaps runs (OWASP, "CSV injection").
    private static let formulas: [[UInt8]] = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"].map { Array($0.utf8) }

    /// The row without its end. A cell that a spreadsheet would take for a formula gets an apostrophe in front, with which it
    /// is text there; ``withoutMark(_:)`` takes it off again.
    package static func bytes(_ cells: [String]) -> [UInt8] {
        var row: [UInt8] = []
        for (place, cell) in cells.enumerated() {
            if place > 0 { row.append(UInt8(ascii: ",")) }
            let text = Array(cell.utf8)
            append((isFormula(text) ? [UInt8(ascii: "'")] : []) + text, to: &row)
        }
        return row
    }

    /// The cell as it was before ``bytes(_:)``.
    package static func withoutMark(_ cell: [UInt8]) -> [UInt8] {
        cell.first == UInt8(ascii: "'") && isFormula(cell) ? Array(cell.dropFirst()) : cell
    }

    /// Whether a cell is a formula, behind apostrophes too, so that those which were there before stay.
    private static func isFormula(_ cell: [UInt8]) -> Bool {
        let text = cell.drop { $0 == UInt8(ascii: "'") }
        return formulas.contains { text.starts(with: $0) }
    }

    private static func append(_ cell: [UInt8], to row: inout [UInt8]) {
        // Some spreadsheets divide at semicolons and tabs, unless there are quotes.
        guard cell.contains(where: { ",;\t\"\r\n".utf8.contains($0) }) else {
            row += cell
            return
        }
        row.append(UInt8(ascii: "\""))
        for byte in cell {
            if byte == UInt8(ascii: "\"") { row.append(byte) }
            row.append(byte)
        }
        row.append(UInt8(ascii: "\""))
    }
}
