import ShrinkrCore

/// Visitors as one value of a database, to which others are added by reading and writing it.
package protocol StoredVisitors: Hashable, Sendable {
    /// - Throws: ``VisitorSketchError`` for bytes that ``bytes`` never gives.
    init(bytes: [UInt8]) throws(VisitorSketchError)

    /// Equal values have equal bytes.
    var bytes: [UInt8] { get }

    mutating func merge(_ other: Self)
}

extension VisitorSketch: StoredVisitors {}
extension VisitorHours: StoredVisitors {}

/// Visitors that are to be added to what a row of a store has.
package struct VisitorAddition<Visitors: StoredVisitors>: Hashable, Sendable {
    /// The link's code; empty for all links together.
    package let code: String
    /// Hours, or days, since 1970-01-01T00:00:00Z.
    package let period: Int64
    package let visitors: Visitors

    package init(code: String, period: Int64, visitors: Visitors) {
        self.code = code
        self.period = period
        self.visitors = visitors
    }

    /// What the row is to have; nil where that is what it has.
    ///
    /// - Throws: ``StoreError/unavailable(reason:)`` where the row's bytes cannot be read.
    package func merged(with stored: [UInt8]) throws(StoreError) -> VisitorAddition? {
        do {
            let known = try Visitors(bytes: stored)
            var merged = known
            merged.merge(visitors)
            return merged == known ? nil : VisitorAddition(code: code, period: period, visitors: merged)
        } catch {
            throw .unreadableVisitors(of: code, period: period, error)
        }
    }
}

extension [VisitorAddition<VisitorSketch>] {
    /// The visitors of links in each hour, and of all links together. In the order in which stores lock rows: by code and
    /// hour, those of all links, which every transaction changes, at the end.
    ///
    /// - Parameter visits: by code and hour, each pair once.
    package init(_ visits: some Collection<HourVisitors>) {
        self = []
        reserveCapacity(visits.count)
        var together: [Int64: [VisitorMark]] = [:]
        let anyLink = VisitorMarker(nil)
        var marker: (code: ShortCode, marker: VisitorMarker)?
        for visit in visits where !visit.visitors.isEmpty {
            if marker?.code != visit.code { marker = (visit.code, VisitorMarker(visit.code)) }
            guard let marker = marker?.marker else { continue }
            let sketch = VisitorSketch(visit.visitors.map(marker.mark))
            append(VisitorAddition(code: visit.code.text, period: visit.hour, visitors: sketch))
            together[visit.hour, default: []].append(contentsOf: visit.visitors.lazy.map(anyLink.mark))
        }
        for (hour, marks) in together.sorted(by: { $0.key < $1.key }) {
            append(VisitorAddition(code: "", period: hour, visitors: VisitorSketch(marks)))
        }
    }
}

extension VisitorSketch {
    /// The sketch that a store has of an hour.
    ///
    /// - Throws: ``StoreError/unavailable(reason:)`` where the bytes are none.
    package static func stored(_ bytes: [UInt8], of code: String, hour: Int64) throws(StoreError) -> VisitorSketch {
        do {
            return try VisitorSketch(bytes: bytes)
        } catch {
            throw .unreadableVisitors(of: code, period: hour, error)
        }
    }
}

extension VisitorHours {
    /// The sketches that a store has of a day.
    ///
    /// - Throws: ``StoreError/unavailable(reason:)`` where the bytes are none.
    package static func stored(_ bytes: [UInt8], of code: String, day: Int64) throws(StoreError) -> VisitorHours {
        do {
            return try VisitorHours(bytes: bytes)
        } catch {
            throw .unreadableVisitors(of: code, period: day, error)
        }
    }
}

extension StoreError {
    /// Stored bytes that are no sketch: the database is damaged.
    fileprivate static func unreadableVisitors(
        of code: String, period: Int64, _ error: VisitorSketchError
    ) -> StoreError {
        .unavailable(reason: "the visitors of '\(code)' in the hour or day \(period) cannot be read: \(error)")
    }
}
