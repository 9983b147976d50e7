package import ShrinkrBase

/// Statistics as the server answers them, for people.
package struct StatsDocument: Sendable {
    private let document: JSONValue

    package init(_ document: JSONValue) {
        self.document = document
    }

    /// Totals, the time series as a chart and, of all links together, the ones with most clicks.
    package func lines(interval: String, _ screen: Screen) -> [String] {
        let totals = document["totals"]
        let isExact = totals["visitors_exact"].flag ?? true
        let summary = [
            screen.styled("\(totals["people"].number ?? 0) people", .people),
            screen.styled("\(totals["bots"].number ?? 0) bots", .bots),
            "\(isExact ? "" : "about ")\(totals["visitors"].number ?? 0) visitors",
        ].joined(separator: ", ")
        let range = "\(moment(document["from"])) to \(moment(document["to"])) (\(document["tz"].text ?? "UTC"))"
        let title = document["code"].text ?? "All links"
        var lines = [screen.styled(TerminalText.safe(title), .strong) + TerminalText.safe("  \(range)"), summary]
        lines += chart(interval, screen) + completeness(screen)
        lines += table(document["top_links"], named: "code", title: "LINK", top: 10, screen)
        return lines
    }

    /// One breakdown as bars.
    package func breakdown(title: String, top: Int, _ screen: Screen) -> [String] {
        table(
            document["groups"], named: "value", title: UntrustedText(title).uppercasedASCII.string, top: top, screen)
    }

    private func chart(_ interval: String, _ screen: Screen) -> [String] {
        let series = document["series"].items ?? []
        let points = series.map(point)
        guard points.contains(where: { $0.clicks > 0 }) else { return ["", "No clicks in this time."] }
        let chart = ColumnChart(points, screen: screen)
        let scale =
            chart.pointsPerColumn == 1
            ? "a column is one \(interval)" : "a column is \(chart.pointsPerColumn) \(interval)s"
        let drawn = chart.lines(
            first: moment(series.first?["t"] ?? .null), last: moment(series.last?["t"] ?? .null))
        let legend =
            screen.styled(screen.drawsBlocks ? "█" : "#", .people) + " people  "
            + screen.styled(screen.drawsBlocks ? "░" : ":", .bots) + " bots  " + screen.styled(scale, .faint)
        return [""] + drawn + [legend]
    }

    /// What is said where clicks of the range may be missing.
    private func completeness(_ screen: Screen) -> [String] {
        guard document["complete"].flag == false, let asOf = document["as_of"].text else { return [] }
        return [screen.styled(TerminalText.safe("Counted up to \(asOf); later clicks may be missing."), .faint)]
    }

    private func table(
        _ groups: JSONValue, named name: StaticString, title: String, top: Int, _ screen: Screen
    ) -> [String] {
        let groups = (groups.items ?? []).prefix(top)
        guard let most = groups.map({ point($0).clicks }).max(), most > 0 else { return [] }
        var table = Table(
            [
                .init(title, mayBeCut: true), .init("PEOPLE", isNumeric: true), .init("BOTS", isNumeric: true),
                .init(""),
            ], screen: screen)
        let rows = groups.map { group in
            let value = group[name].text ?? ""
            return [
                value.isEmpty ? "(none)" : value, String(point(group).people), String(point(group).bots),
                Bar.text(point(group), most: most, screen: screen),
            ]
        }
        return [""] + table.lines(rows)
    }

    private func point(_ value: JSONValue) -> ColumnChart.Point {
        ColumnChart.Point(people: value["people"].number ?? 0, bots: value["bots"].number ?? 0)
    }

    /// A time without its seconds, and a midnight without its hour: `2027-01-31 08:15`, `2027-01-31`.
    private func moment(_ value: JSONValue) -> String {
        let text = UntrustedText(value.text ?? "")
        guard text.count >= 16 else { return text.string }
        let date = text.prefix(bytes: 10).string
        let time = text.dropFirst(11).prefix(bytes: 5)
        return time.equals("00:00") ? date : "\(date) \(time.string)"
    }
}
