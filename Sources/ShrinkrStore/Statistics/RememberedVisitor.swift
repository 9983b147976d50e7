package import ShrinkrCore

/// A visitor as releases before the sketches keep each: a row of `link_visitors`.
package struct RememberedVisitor: Hashable, Sendable {
    /// Since 1970-01-01.
    package let day: Int64
    package let code: ShortCode
    /// The bits of its hash.
    package let visitor: Int64
    /// Hours of the day, hour 0 in the lowest bit.
    private let hours: Int64

    package init(day: Int64, code: ShortCode, visitor: Int64, hours: Int64) {
        self.day = day
        self.code = code
        self.visitor = visitor
        self.hours = hours
    }

    /// The day, and its hours in which the visitor came.
    package var periods: [ReportPeriod] {
        [ReportPeriod(kind: .daily, index: day)] + seenHours.map { ReportPeriod(kind: .hourly, index: $0) }
    }

    private var seenHours: [Int64] {
        (0..<24).filter { hours >> Int64($0) & 1 == 1 }.map { day * 24 + Int64($0) }
    }

    /// The visitors as frames would bring them, without their clicks.
    package static func visits(_ visitors: [RememberedVisitor]) -> [HourVisitors] {
        var hours: [HourVisitors] = []
        // text: codes are ASCII.
        for (code, visitors) in Dictionary(grouping: visitors, by: \.code).sorted(by: { $0.key.text < $1.key.text }) {
            var byHour: [Int64: [VisitorHash]] = [:]
            for visitor in visitors {
                let hash = VisitorHash(bits: UInt64(bitPattern: visitor.visitor))
                for hour in visitor.seenHours { byHour[hour, default: []].append(hash) }
            }
            hours += byHour.sorted { $0.key < $1.key }
                .map { HourVisitors(code: code, hour: $0.key, visitors: $0.value) }
        }
        return hours
    }
}
