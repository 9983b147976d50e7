import ShrinkrBase

/// Statistics as a page shows them: what was chosen, totals, the series, and breakdowns.
package struct StatsView: Sendable {
    package enum Interval: String, CaseIterable, Sendable {
        case hour, day, week, month

        var heading: String {
            switch self {
            case .hour: "Hour"
            case .day: "Day"
            case .week: "Week from"
            case .month: "Month"
            }
        }

        fileprivate var words: String {
            switch self {
            case .hour: "by hour"
            case .day: "by day"
            case .week: "by week"
            case .month: "by month"
            }
        }
    }

    /// How far back; the raw value is the query's.
    package enum Range: String, CaseIterable, Sendable {
        case day = "24h"
        case week = "7d"
        case month = "30d"
        case quarter = "90d"
        case year = "12m"
        case all = "5y"

        fileprivate var words: String {
            switch self {
            case .day: "Last 24 hours"
            case .week: "Last 7 days"
            case .month: "Last 30 days"
            case .quarter: "Last 90 days"
            case .year: "Last 12 months"
            case .all: "Last 5 years"
            }
        }

        /// The beginning, as the API's `from` has it.
        fileprivate var from: String {
            switch self {
            case .day: "-24h"
            case .week: "-7d"
            case .month: "-30d"
            case .quarter: "-90d"
            case .year: "-365d"
            case .all: "-1825d"
            }
        }

        /// What a drawing of this length can show: up to 366 bars.
        fileprivate var intervals: [Interval] {
            switch self {
            case .day: [.hour]
            case .week: [.day, .hour]
            case .month, .quarter: [.day, .week, .month]
            case .year: [.week, .day, .month]
            case .all: [.month, .week]
            }
        }
    }

    /// What was chosen.
    package struct Choice: Sendable {
        package let range: Range
        package let interval: Interval

        /// - Parameter interval: Taken where the range can be shown by it.
        package init(range: Range?, interval: Interval?) {
            let range = range ?? .month
            self.range = range
            self.interval = interval.flatMap { range.intervals.contains($0) ? $0 : nil } ?? range.intervals[0]
        }

        /// The query for the API, with the question mark.
        package func query(by dimension: Breakdown.Dimension?) -> String {
            Query.text([
                ("from", range.from), ("interval", interval.rawValue), ("group_by", dimension?.rawValue ?? ""),
            ])
        }
    }

    private let choice: Choice
    private let stats: StatsContent
    private let breakdowns: [Breakdown]
    /// Where the form that chooses leads, and where the CSV is.
    private let path: String
    private let csv: String

    package init(choice: Choice, stats: StatsContent, breakdowns: [Breakdown], path: String, csv: String) {
        self.choice = choice
        self.stats = stats
        self.breakdowns = breakdowns
        self.path = path
        self.csv = csv
    }

    @HTMLBuilder var html: HTML {
        element("section", .class("card stack"), .plain("aria-labelledby", "statistics")) {
            element("div", .class("head")) {
                element("h2", .id("statistics")) { "Clicks" }
                form
            }
            totals
            SeriesChart(series: stats.series, interval: choice.interval).html
            element("p", .class("small muted")) {
                stats.isComplete ? "Complete up to " : "Counted up to "
                time(stats.asOf)
                ". Days and hours are those of UTC."
            }
        }
        if !stats.topLinks.isEmpty {
            element("section", .class("card")) {
                element("h2") { "Top links" }
                BreakdownBars.list(stats.topLinks.map { ("/" + $0.code, "/admin/links/\($0.code)", $0.clicks) })
            }
        }
        element("div", .class("breakdowns")) {
            for breakdown in breakdowns { BreakdownBars(breakdown: breakdown).html }
        }
    }

    private var totals: HTML {
        element("dl", .class("totals number")) {
            element("div") {
                element("dt") {
                    element("span", .class("swatch people"))
                    "Clicks of people"
                }
                element("dd") { Words.number(stats.totals.people) }
            }
            element("div") {
                element("dt") {
                    element("span", .class("swatch bots"))
                    "Clicks of bots"
                }
                element("dd") { Words.number(stats.totals.bots) }
            }
            element("div") {
                element("dt") { stats.isExact ? "Visitors" : "Visitors, about" }
                element("dd") { Words.number(stats.visitors) }
            }
        }
    }

    private var form: HTML {
        element("form", .action(path), .class("row")) {
            element("label", .for("range"), .class("hidden")) { "Time" }
            element("select", .id("range"), .name("range"), .class("auto"), .flag("data-submit")) {
                for range in Range.allCases {
                    element("option", .value(range.rawValue), .flag("selected", range == choice.range)) { range.words }
                }
            }
            element("label", .for("interval"), .class("hidden")) { "Interval" }
            element("select", .id("interval"), .name("interval"), .class("auto"), .flag("data-submit")) {
                for interval in choice.range.intervals {
                    element("option", .value(interval.rawValue), .flag("selected", interval == choice.interval)) {
                        interval.words
                    }
                }
            }
            element("button", .flag("data-without-script")) { "Show" }
            element("a", .class("button quiet"), .href(csv), .plain("download", "clicks.csv")) {
                Icon.download.html
                "CSV"
            }
        }
    }
}
