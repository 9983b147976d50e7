/// The visitors of links in hours or days, put together from all that a store keeps of them: sketches of hours, the same
/// packed by day, and numbers of which the sketches are forgotten.
package struct PeriodVisitors: Sendable {
    /// A link in a period; all links together where the code is empty.
    private struct Place: Hashable {
        // text: a code is ASCII.
        let code: String
        let period: Int64
    }

    private struct Found {
        var sketch = VisitorSketch()
        var number = VisitorCount.none

        /// Somebody may be in the sketch and in the number.
        var count: VisitorCount {
            let sketched = sketch.count
            let sum = sketched + number
            let isApart = sketched.number == 0 || number.number == 0
            return VisitorCount(number: sum.number, isExact: sum.isExact && isApart)
        }
    }

    private let kind: ReportPeriod.Kind
    private var found: [Place: Found] = [:]

    /// - Parameter kind: what the periods are.
    package init(_ kind: ReportPeriod.Kind) {
        self.kind = kind
    }

    /// Adds the sketch of an hour.
    ///
    /// - Throws: ``StoreError/unavailable(reason:)`` where the bytes are none.
    package mutating func add(hour: Int64, of code: String, sketch bytes: [UInt8]) throws(StoreError) {
        merge(try .stored(bytes, of: code, hour: hour), hour: hour, of: code)
    }

    /// Adds the sketches of a day's hours.
    ///
    /// - Throws: ``StoreError/unavailable(reason:)`` where the bytes are none.
    package mutating func add(day: Int64, of code: String, hours bytes: [UInt8]) throws(StoreError) {
        for (number, sketch) in try VisitorHours.stored(bytes, of: code, day: day).sketches {
            merge(sketch, hour: day * 24 + Int64(number), of: code)
        }
    }

    /// Adds a number of visitors of a period who are in no sketch of it.
    package mutating func add(_ number: VisitorCount, period: Int64, of code: String) {
        let place = Place(code: code, period: period)
        found[place, default: Found()].number = found[place, default: Found()].number + number
    }

    package func count(period: Int64, of code: String) -> VisitorCount {
        found[Place(code: code, period: period)]?.count ?? .none
    }

    /// Over all periods: who came in two of them is two.
    package func sum(of code: String) -> VisitorCount {
        // text: as above.
        found.reduce(.none) { $1.key.code == code ? $0 + $1.value.count : $0 }
    }

    private mutating func merge(_ sketch: VisitorSketch, hour: Int64, of code: String) {
        let period = kind == .hourly ? hour : hour.floored(by: 24)
        found[Place(code: code, period: period), default: Found()].sketch.merge(sketch)
    }
}
