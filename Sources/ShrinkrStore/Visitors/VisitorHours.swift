/// The visitors of one link, or of all links, on one UTC day: a sketch for each hour in which somebody came.
package struct VisitorHours: Hashable, Sendable {
    private static let form: UInt8 = 1

    /// By the hour of the day, 0 to 23.
    package private(set) var sketches: [Int: VisitorSketch] = [:]

    package init() {}

    /// Adds visitors to an hour of the day, 0 to 23.
    package mutating func merge(_ sketch: VisitorSketch, at hour: Int) {
        sketches[hour, default: VisitorSketch()].merge(sketch)
    }

    package mutating func merge(_ other: VisitorHours) {
        for (hour, sketch) in other.sketches { merge(sketch, at: hour) }
    }

    /// The one form in which a database keeps them: for each hour its number, the length of its sketch (2 bytes), and the
    /// sketch.
    package var bytes: [UInt8] {
        var bytes = [Self.form]
        for (hour, sketch) in sketches.sorted(by: { $0.key < $1.key }) {
            let part = sketch.bytes
            bytes += [UInt8(hour), UInt8(part.count >> 8), UInt8(truncatingIfNeeded: part.count)] + part
        }
        return bytes
    }

    /// - Throws: ``VisitorSketchError`` for bytes that ``bytes`` never gives.
    package init(bytes: [UInt8]) throws(VisitorSketchError) {
        guard bytes.first == Self.form else { throw VisitorSketchError("its form is not known") }
        var rest = bytes.dropFirst()
        var last = -1
        while !rest.isEmpty {
            let head = Array(rest.prefix(3))
            guard head.count == 3 else { throw VisitorSketchError("it ends too early") }
            let (hour, length) = (Int(head[0]), Int(head[1]) << 8 | Int(head[2]))
            guard hour > last, hour < 24 else { throw VisitorSketchError("its hours are not in order") }
            let part = rest.dropFirst(3).prefix(length)
            guard part.count == length else { throw VisitorSketchError("it ends too early") }
            sketches[hour] = try VisitorSketch(bytes: part)
            rest = rest.dropFirst(3 + length)
            last = hour
        }
    }
}
