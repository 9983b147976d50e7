import ShrinkrBase

/// A time series as bars, people and bots on top of each other, with the same as a table behind it.
struct SeriesChart {
    /// Most points whose numbers show under the pointer; with more the bars are too narrow to be met.
    private static let maximumTitles = 120
    /// The drawing's own units; it is stretched to the page's width and the style sheet's height.
    private static let (width, height) = (1_000, 200)

    let series: [StatsContent.Point]
    let interval: StatsView.Interval

    private var top: Int { max(1, Self.round(series.map(\.clicks.total).max() ?? 0)) }

    var html: HTML {
        element("figure", .class("stack")) {
            element("figcaption", .class("hidden")) {
                "Clicks by \(interval.rawValue), people and bots. The same numbers are in the table below."
            }
            element("div", .class("plot"), .plain("aria-hidden", "true")) {
                element("div", .class("scale number")) {
                    element("span") { Words.number(top) }
                    element("span") { top % 2 == 0 ? Words.number(top / 2) : "" }
                    element("span") { "0" }
                }
                drawing
                element("div", .class("axis")) {
                    for label in axis { element("span") { label } }
                }
            }
            table
        }
    }

    private var drawing: HTML {
        element(
            "svg", .class("chart"), .plain("viewBox", "0 0 \(Self.width) \(Self.height)"),
            .plain("preserveAspectRatio", "none"), .plain("focusable", "false")
        ) {
            for y in [0, Self.height / 2, Self.height] {
                element(
                    "line", .plain("x1", "0"), .plain("x2", "\(Self.width)"), .plain("y1", "\(y)"),
                    .plain("y2", "\(y)"), .plain("vector-effect", "non-scaling-stroke"))
            }
            for (place, point) in series.enumerated() { bar(place, point) }
        }
    }

    private func bar(_ place: Int, _ point: StatsContent.Point) -> HTML {
        let step = Double(Self.width) / Double(max(1, series.count))
        let x = Double(place) * step
        let gap = series.count > 200 ? 0 : step * 0.18
        let people = Double(point.clicks.people) / Double(top) * Double(Self.height)
        let bots = Double(point.clicks.bots) / Double(top) * Double(Self.height)
        let base = Double(Self.height)
        return element("g") {
            if series.count <= Self.maximumTitles {
                element("title") {
                    "\(label(point)): \(Words.people(point.clicks.people)), \(Words.bots(point.clicks.bots))"
                }
                // Catches the pointer above low bars.
                Self.rectangle("hit", x: x, y: 0, width: step, height: base)
            }
            if people > 0 {
                Self.rectangle("people", x: x + gap / 2, y: base - people, width: step - gap, height: people)
            }
            if bots > 0 {
                Self.rectangle("bots", x: x + gap / 2, y: base - people - bots, width: step - gap, height: bots)
            }
        }
    }

    private static func rectangle(_ name: String, x: Double, y: Double, width: Double, height: Double) -> HTML {
        element(
            "rect", .class(name), .plain("x", short(x)), .plain("y", short(y)), .plain("width", short(width)),
            .plain("height", short(height)))
    }

    /// With one digit behind the point: a drawing of a thousand units needs no more.
    private static func short(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }

    /// Where an axis up to at least `number` may end: 1, 2 or 5 times a power of ten, or 4 and 8 times.
    private static func round(_ number: Int) -> Int {
        var power = 1
        while power * 10 < number { power *= 10 }
        return [1, 2, 4, 5, 8, 10].map { $0 * power }.first { $0 >= number } ?? number
    }

    /// First, middle and last of the series.
    private var axis: [String] {
        guard let first = series.first, let last = series.last, series.count > 1 else {
            return series.map(label)
        }
        return series.count > 4
            ? [label(first), label(series[series.count / 2]), label(last)] : [label(first), label(last)]
    }

    private func label(_ point: StatsContent.Point) -> String {
        switch interval {
        case .hour: "\(Words.shortDay(point.start)), \(Words.clock(point.start))"
        case .day, .week: Words.shortDay(point.start)
        case .month: Words.month(point.start)
        }
    }

    private var table: HTML {
        element("details") {
            element("summary") { "As a table" }
            element(
                "div", .class("scroll"), .plain("tabindex", "0"), .plain("role", "region"),
                .plain("aria-label", "Clicks")
            ) {
                element("table") {
                    element("thead") {
                        element("tr") {
                            element("th", .plain("scope", "col")) { interval.heading }
                            element("th", .plain("scope", "col"), .class("number")) { "People" }
                            element("th", .plain("scope", "col"), .class("number")) { "Bots" }
                        }
                    }
                    element("tbody") {
                        for point in series {
                            element("tr") {
                                element("th", .plain("scope", "row")) { label(point) }
                                element("td", .class("number")) { Words.number(point.clicks.people) }
                                element("td", .class("number")) { Words.number(point.clicks.bots) }
                            }
                        }
                    }
                }
            }
        }
    }
}
