package import ShrinkrBase
package import ShrinkrCore
package import ShrinkrStore

extension MemoryStore: ReportStore {
    package func claimDueReports(limit: Int, at now: Timestamp, until claimEnd: Timestamp) -> [DueReport] {
        let due = periods.filter { _, state in
            state.generation > state.reportedGeneration && state.claim.map { $0.until <= now } ?? true
        }
        let oldest = due.keys.sorted {
            ($0.buckets.lowerBound, $0.kind.rawValue) < ($1.buckets.lowerBound, $1.kind.rawValue)
        }
        return oldest.prefix(max(0, limit)).compactMap { period in
            guard let generation = periods[period]?.generation else { return nil }
            periods[period]?.claim = (generation, claimEnd)
            return DueReport(period: period, generation: generation)
        }
    }

    package func finishReport(_ report: DueReport) {
        guard var state = periods[report.period] else { return }
        // A newer report was finished meanwhile, and this one may lie in its place.
        if state.reportedGeneration > report.generation { state.generation += 1 }
        state.reportedGeneration = max(state.reportedGeneration, report.generation)
        periods[report.period] = state
        abandonReport(report)
    }

    package func abandonReport(_ report: DueReport) {
        guard periods[report.period]?.claim?.generation == report.generation else { return }
        periods[report.period]?.claim = nil
    }

    package func reportLines(_ period: ReportPeriod, after code: ShortCode?, limit: Int) -> [ReportLine] {
        let range = StatsRange(code: nil, buckets: period.buckets)
        let codes = selected(by: range).filter { !$0.value.buckets.isEmpty }.keys.sorted { $0.text < $1.text }
        let next = codes.filter { $0.text > code?.text ?? "" }.prefix(max(0, limit))
        return next.map { line(of: $0, period) }
    }

    private func line(of code: ShortCode, _ period: ReportPeriod) -> ReportLine {
        let range = StatsRange(code: code, buckets: period.buckets)
        let values = Dimension.allCases.map { dimension in
            (dimension, self.values(range, dimension: dimension, traffic: .all, limit: ReportLine.valuesPerDimension))
        }
        return ReportLine(
            code: code, tally: buckets(range).reduce(Tally()) { $0 + $1.tally },
            visitors: visitors(period, of: code),
            values: Dictionary(uniqueKeysWithValues: values.filter { !$0.1.isEmpty }))
    }
}
