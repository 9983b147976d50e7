package import ShrinkrBase
package import ShrinkrCore

/// What reports are made from, and which are due. Every method is one transaction and may throw ``StoreError``.
package protocol ReportStore: Sendable {
    /// Claims up to `limit` due periods for this process until `claimEnd`, oldest first, passing over those that another
    /// process has claimed.
    func claimDueReports(limit: Int, at now: Timestamp, until claimEnd: Timestamp) async throws -> [DueReport]

    /// Says that a report was written. The period stays due if it has changed since it was claimed.
    func finishReport(_ report: DueReport) async throws

    /// Gives a claim back after a failed attempt; the period stays due.
    func abandonReport(_ report: DueReport) async throws

    /// The lines of a period's report, ordered by code, after `code`; at most `limit`.
    func reportLines(_ period: ReportPeriod, after code: ShortCode?, limit: Int) async throws -> [ReportLine]
}

/// A report that is to be written, and a claim to write it.
package struct DueReport: Hashable, Sendable {
    package let period: ReportPeriod
    /// Grows with every change of the period's counts.
    package let generation: Int64

    package init(period: ReportPeriod, generation: Int64) {
        self.period = period
        self.generation = generation
    }
}

/// What a report says of one link.
package struct ReportLine: Hashable, Sendable {
    package let code: ShortCode
    package let tally: Tally
    /// Distinct visitors (people) of the period.
    package let visitors: VisitorCount
    /// Clicks per value, most first, then by value; at most ``valuesPerDimension`` each. Where there are more, the last is
    /// ``StoreLimits/otherValue`` and stands for all the others.
    package let values: [Dimension: [ValueTally]]

    /// Most values of one dimension in a line.
    package static let valuesPerDimension = 100

    package init(code: ShortCode, tally: Tally, visitors: VisitorCount, values: [Dimension: [ValueTally]]) {
        self.code = code
        self.tally = tally
        self.visitors = visitors
        self.values = values.mapValues { $0.addingUp(to: tally, limit: Self.valuesPerDimension) }
    }
}
