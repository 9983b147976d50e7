import FoundationEssentials
import ShrinkrBase
import ShrinkrCore
package import ShrinkrStore

/// One line of a report, as JSON. Readers may rely on its members; new ones may be added.
struct ReportRecord: Encodable {
    struct Value: Encodable {
        let value: String
        let people: Int
        let bots: Int
    }

    private enum CodingKeys: String, CodingKey {
        case dt, hour, code, clicks, people, bots, visitors, referrers, countries, browsers, devices, languages
        case visitorsExact = "visitors_exact"
        case operatingSystems = "operating_systems"
        case botRule = "bot_rule"
        case classifierRules = "classifier_rules"
    }

    /// The UTC date, `2026-11-22`.
    let dt: String
    /// The UTC hour, 0 to 23; absent in a daily report.
    let hour: Int?
    let code: String
    let clicks: Int
    let people: Int
    let bots: Int
    /// Distinct visitors (people) of the period.
    let visitors: Int
    /// See ``VisitorCount/isExact``.
    let visitorsExact: Bool
    /// Clicks per value, most first.
    let referrers: [Value]
    let countries: [Value]
    let browsers: [Value]
    let operatingSystems: [Value]
    let devices: [Value]
    let languages: [Value]
    /// ``UserAgentRule/version`` of the worker that wrote the line. Clicks that were counted before the worker was upgraded
    /// were counted by an older one.
    let botRule: Int
    /// The same: browsers, systems and devices had rules of their own once.
    let classifierRules: Int

    init(_ line: ReportLine, of period: ReportPeriod) {
        func values(_ dimension: Dimension) -> [Value] {
            (line.values[dimension] ?? []).map {
                Value(value: $0.value, people: $0.tally.people, bots: $0.tally.bots)
            }
        }
        dt = period.date.description
        hour = period.hour
        code = line.code.text
        clicks = line.tally.clicks
        people = line.tally.people
        bots = line.tally.bots
        visitors = line.visitors.number
        visitorsExact = line.visitors.isExact
        referrers = values(.referrer)
        countries = values(.country)
        browsers = values(.browser)
        operatingSystems = values(.os)
        devices = values(.device)
        languages = values(.language)
        botRule = UserAgentRule.version
        classifierRules = UserAgentRule.version
    }

    /// The line with its line feed. The same record always gives the same bytes.
    func ndjson() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

extension ReportPeriod {
    /// The UTC date that the period is, or lies on.
    var date: CivilDate {
        let hours = kind == .hourly ? index : index * 24
        return CivilDate(daysSinceEpoch: hours.quotientAndRemainder(dividingBy: 24).quotient)
    }

    /// The hour of the day, 0 to 23; nil for a whole day.
    var hour: Int? {
        kind == .hourly ? Int(index % 24) : nil
    }

    /// The key of the period's report: always the same, so that writing it again replaces it.
    ///
    /// `name=value` folders are Hive partitions, which Athena, DuckDB and Spark read as columns.
    package var reportKey: String {
        guard let hour else { return "daily/dt=\(date)/links.ndjson.gz" }
        return "hourly/dt=\(date)/hour=\(hour < 10 ? "0" : "")\(hour)/links.ndjson.gz"
    }
}
