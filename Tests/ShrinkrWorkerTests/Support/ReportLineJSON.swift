import FoundationEssentials
import TestSupport

/// A report's line as a reader sees it.
struct ReportLineJSON: Decodable, Equatable {
    struct Value: Decodable, Equatable {
        let value: String
        let people: Int
        let bots: Int
    }

    let dt: String
    let hour: Int?
    let code: String
    let clicks: Int
    let people: Int
    let bots: Int
    let visitors: Int
    let visitorsExact: Bool
    let referrers: [Value]
    let countries: [Value]
    let browsers: [Value]
    let operatingSystems: [Value]
    let devices: [Value]
    let languages: [Value]
    let botRule: Int
    let classifierRules: Int

    private enum CodingKeys: String, CodingKey {
        case dt, hour, code, clicks, people, bots, visitors, referrers, countries, browsers, devices, languages
        case visitorsExact = "visitors_exact"
        case operatingSystems = "operating_systems"
        case botRule = "bot_rule"
        case classifierRules = "classifier_rules"
    }

    /// Reads all lines of a gzipped report.
    static func read(_ object: [UInt8]) throws -> [ReportLineJSON] {
        let text = try gunzip(object)
        return try text.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(ReportLineJSON.self, from: Data($0))
        }
    }
}
