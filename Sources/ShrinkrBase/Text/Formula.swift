/// Texts that a spreadsheet takes for a formula, some of which it runs (OWASP, "CSV injection").
package enum Formula {
    private static let marks: [[UInt8]] = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"].map { Array($0.utf8) }

    /// Whether a cell with this text would be one. With an apostrophe in front it is text.
    package static func begins(_ cell: some Collection<UInt8>) -> Bool {
        marks.contains { cell.starts(with: $0) }
    }
}
