import ShrinkrCore
package import ShrinkrStore

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
