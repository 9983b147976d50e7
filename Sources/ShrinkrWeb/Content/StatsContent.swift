package import ShrinkrBase

/// Clicks of people and of bots, apart.
package struct Clicks: Hashable, Sendable {
    package var people: Int
    package var bots: Int

    package init(people: Int = 0, bots: Int = 0) {
        self.people = people
        self.bots = bots
    }

    init(_ json: JSONValue) {
        self.init(people: json[member: "people"].integer ?? 0, bots: json[member: "bots"].integer ?? 0)
    }

    var total: Int { people + bots }
}

/// Statistics as the API shows them (`GET /api/v1/stats` and that of one link), for a page.
package struct StatsContent: Sendable {
    package struct Point: Sendable {
        package let start: String
        package let clicks: Clicks

        package init(start: String, clicks: Clicks) {
            self.start = start
            self.clicks = clicks
        }
    }

    package let totals: Clicks
    package let visitors: Int
    package let isExact: Bool
    package let series: [Point]
    package let topLinks: [(code: String, clicks: Clicks)]
    package let asOf: String
    package let isComplete: Bool

    package init(_ json: JSONValue) {
        totals = Clicks(json[member: "totals"])
        visitors = json[member: "totals"][member: "visitors"].integer ?? 0
        isExact = json[member: "totals"][member: "visitors_exact"].isTrue
        series = json[member: "series"].items.map { Point(start: $0[member: "t"].text ?? "", clicks: Clicks($0)) }
        topLinks = json[member: "top_links"].items.map { ($0[member: "code"].text ?? "", Clicks($0)) }
        asOf = json[member: "as_of"].text ?? ""
        isComplete = json[member: "complete"].isTrue
    }
}

/// What one breakdown of the statistics says.
package struct Breakdown: Sendable {
    package let dimension: Dimension
    package let values: [(value: String, clicks: Clicks)]

    package init(_ dimension: Dimension, _ json: JSONValue) {
        self.dimension = dimension
        values = json[member: "groups"].items.map { ($0[member: "value"].text ?? "", Clicks($0)) }
    }

    /// By what clicks are broken down; the raw value is the API's `group_by`.
    package enum Dimension: String, CaseIterable, Sendable {
        case country, referrer, browser, os, device, language

        var heading: String {
            switch self {
            case .country: "Countries"
            case .referrer: "Referrers"
            case .browser: "Browsers"
            case .os: "Systems"
            case .device: "Devices"
            case .language: "Languages"
            }
        }
    }
}
