/// A time series as columns: people at the bottom, bots above them.
package struct ColumnChart: Sendable {
    package struct Point: Equatable, Sendable {
        let people: Int
        let bots: Int

        package init(people: Int, bots: Int) {
            self.people = max(0, people)
            self.bots = max(0, bots)
        }

        /// More than a chart shows is no reason to end the program.
        var clicks: Int { people.addingReportingOverflow(bots).overflow ? Int.max : people + bots }
    }

    /// Lines of the chart, without the labels below.
    package static let height = 8
    /// Steps of a cell: those of the block elements U+2581 to U+2588.
    private static let steps = 8
    /// The widest column.
    private static let widest = 5

    /// What stands in a cell.
    private enum Cell: Equatable {
        case blank, people(Int), bots
    }

    /// Neighbours added up, so that there are at most as many columns as fit.
    let points: [Point]
    /// How many points of the series each column stands for.
    package let pointsPerColumn: Int
    private let columnWidth: Int
    private let axisWidth: Int
    private let screen: Screen

    package init(_ series: [Point], screen: Screen) {
        self.screen = screen
        let width = screen.width ?? 80
        // The axis has the largest number, which is not larger than all together.
        let total = series.reduce(0) { $0.addingReportingOverflow($1.clicks).overflow ? Int.max : $0 + $1.clicks }
        axisWidth = String(total).utf8.count + 2
        let room = max(1, width - axisWidth)
        let count = max(1, (series.count + room - 1) / room)
        pointsPerColumn = count
        points = stride(from: 0, to: series.count, by: count).map { start in
            series[start..<min(start + count, series.count)].reduce(Point(people: 0, bots: 0)) { sum, point in
                Point(people: sum.people &+ point.people, bots: sum.bots &+ point.bots)
            }
        }
        columnWidth = max(1, min(Self.widest, room / max(1, points.count)))
    }

    /// The lines from top to bottom.
    ///
    /// - Parameters:
    ///   - first: what stands below the first column.
    ///   - last: what stands below the last one.
    package func lines(first: String, last: String) -> [String] {
        let most = max(1, points.map(\.clicks).max() ?? 0)
        let rows = (0..<Self.height).reversed().map { row in
            let label = row == Self.height - 1 ? String(most) : row == 0 ? "0" : ""
            let blank = String(repeating: " ", count: max(0, axisWidth - 2 - label.utf8.count))
            return screen.styled(blank + label + (screen.drawsBlocks ? " │" : " |"), .faint)
                + drawn(points.map { cell($0, row: row, most: most) })
        }
        let width = columnWidth * points.count
        let gap = width - TerminalText.width(first) - TerminalText.width(last)
        let below = points.count < 2 || gap < 1 ? first : first + String(repeating: " ", count: gap) + last
        return rows + [screen.styled(String(repeating: " ", count: axisWidth) + TerminalText.safe(below), .faint)]
    }

    /// What a point shows in a row, counted from the bottom. What is not nothing is seen.
    private func cell(_ point: Point, row: Int, most: Int) -> Cell {
        let scale = Double(Self.height * Self.steps) / Double(most)
        let steps = { (count: Int) in count == 0 ? 0 : max(1, Int((Double(count) * scale).rounded())) }
        let bottom = row * Self.steps
        let people = steps(point.people)
        if people > bottom { return .people(min(Self.steps, people - bottom)) }
        // Bots begin in the first row that has no people.
        let free = (people + Self.steps - 1) / Self.steps * Self.steps
        let bots = point.bots == 0 ? 0 : max(free + 1, steps(point.clicks))
        return bots > bottom ? .bots : .blank
    }

    private func drawn(_ cells: [Cell]) -> String {
        var line = ""
        var rest = cells[...]
        while let cell = rest.first {
            let run = rest.prefix { Self.look($0) == Self.look(cell) }
            line += screen.styled(run.map(drawn).joined(), Self.look(cell))
            rest = rest.dropFirst(run.count)
        }
        return line
    }

    private static func look(_ cell: Cell) -> Screen.Look? {
        switch cell {
        case .blank: nil
        case .people: .people
        case .bots: .bots
        }
    }

    private func drawn(_ cell: Cell) -> String {
        let symbol: Unicode.Scalar? =
            switch cell {
            case .blank: " "
            case .people(let steps): screen.drawsBlocks ? Unicode.Scalar(UInt32(0x2580 + steps)) : "#"
            case .bots: screen.drawsBlocks ? "░" : ":"
            }
        // A gap sets wide columns apart.
        let count = columnWidth >= 3 ? columnWidth - 1 : columnWidth
        let text = String(repeating: symbol.map { String($0) } ?? " ", count: count)
        return columnWidth >= 3 ? text + " " : text
    }
}

/// A bar of a breakdown: people, then bots.
package struct Bar: Sendable {
    /// Cells of the longest bar.
    package static let width = 24

    /// - Parameter most: the clicks of the longest bar.
    package static func text(_ point: ColumnChart.Point, most: Int, screen: Screen) -> String {
        let scale = Double(width) / Double(max(1, most))
        let all = point.clicks == 0 ? 0 : max(1, Int((Double(point.clicks) * scale).rounded()))
        let people = point.people == 0 ? 0 : max(1, Int((Double(point.people) * scale).rounded()))
        let (full, light) = screen.drawsBlocks ? ("█", "░") : ("#", ":")
        return String(repeating: full, count: min(people, all))
            + String(repeating: light, count: max(point.bots > 0 && people >= all ? 1 : 0, all - people))
    }
}
