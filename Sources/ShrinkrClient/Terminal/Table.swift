/// A table for people. On a terminal its lines fit: columns that may are cut, the widest first.
package struct Table: Sendable {
    package struct Column: Sendable {
        let title: String
        let isNumeric: Bool
        let mayBeCut: Bool

        /// - Parameters:
        ///   - isNumeric: whether it stands at the right edge.
        ///   - mayBeCut: whether a part of it still means something.
        package init(_ title: String, isNumeric: Bool = false, mayBeCut: Bool = false) {
            self.title = title
            self.isNumeric = isNumeric
            self.mayBeCut = mayBeCut
        }
    }

    /// Cells between two columns.
    private static let gap = 2
    /// What is left at least of a column that is cut.
    private static let narrowest = 8

    private let columns: [Column]
    private let screen: Screen
    /// The cells of each column: those that the first rows need, so that later pages stand below them.
    private var widths: [Int]?

    package init(_ columns: [Column], screen: Screen) {
        self.columns = columns
        self.screen = screen
    }

    /// The lines of some rows, with the titles above the first ones.
    ///
    /// - Parameter rows: what stands in each column; may be text of others.
    package mutating func lines(_ rows: [[String]]) -> [String] {
        let rows = rows.map { $0.map(TerminalText.safe) }
        if let widths { return rows.map { line($0, widths) } }
        let widths = fitted(
            columns.indices.map { index in
                rows.reduce(TerminalText.width(columns[index].title)) { max($0, TerminalText.width($1[index])) }
            })
        self.widths = widths
        return [screen.styled(line(columns.map(\.title), widths), .strong)] + rows.map { line($0, widths) }
    }

    /// Takes what is too much from the widest column that may be cut, one cell after the other.
    private func fitted(_ natural: [Int]) -> [Int] {
        var widths = natural
        guard let room = screen.width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - room
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].mayBeCut && widths[$0] > Self.narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            let step = max(1, min(excess, widths[widest] - max(next, Self.narrowest)))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let text = screen.width == nil ? cell : TerminalText.cut(cell, to: widths[index])
            let blank = String(repeating: " ", count: max(0, widths[index] - TerminalText.width(text)))
            let isLast = index == cells.count - 1
            line += columns[index].isNumeric ? blank + text : isLast ? text : text + blank
            if !isLast { line += String(repeating: " ", count: Self.gap) }
        }
        return line
    }
}
