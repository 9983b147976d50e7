/// What is kept of a sketch that is forgotten: how many visitors it held of one period.
package struct VisitorNumber: Hashable, Sendable {
    package let period: ReportPeriod
    package let count: VisitorCount

    /// The numbers of a packed day and its hours. Of all links together only that of the day is ever asked for.
    ///
    /// - Parameter code: empty for all links together.
    /// - Throws: ``StoreError/unavailable(reason:)`` where the bytes are no sketches.
    package static func all(hours bytes: [UInt8], of code: String, day: Int64) throws(StoreError) -> [VisitorNumber] {
        let hours = try VisitorHours.stored(bytes, of: code, day: day)
        var whole = VisitorSketch()
        for sketch in hours.sketches.values { whole.merge(sketch) }
        let daily = VisitorNumber(period: ReportPeriod(kind: .daily, index: day), count: whole.count)
        if code.isEmpty { return [daily] }
        return [daily]
            + hours.sketches.map { hour, sketch in
                VisitorNumber(period: ReportPeriod(kind: .hourly, index: day * 24 + Int64(hour)), count: sketch.count)
            }
    }
}
