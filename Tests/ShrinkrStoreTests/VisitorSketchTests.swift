import Foundation
import ShrinkrCore
import Testing

@testable import ShrinkrStore

@Suite("A sketch of visitors") struct VisitorSketchTests {
    /// The marks of visitors whose hashes nobody chose.
    private func marks(_ count: Int, of text: String = "a", from first: Int = 0) throws -> [VisitorMark] {
        let marker = VisitorMarker(try code(text))
        return (first..<first + count).map { marker.mark(VisitorHash(bits: UInt64($0))) }
    }

    @Test("is the same in whatever order, parts and repetitions visitors come", arguments: [0, 1, 300, 512, 513, 3000])
    func sameSet(_ count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let marks = try marks(count)
        let whole = VisitorSketch(marks)
        for _ in 0..<20 {
            var sketch = VisitorSketch()
            for part in (marks + marks).shuffled(using: &random).chunks(of: Int.random(in: 1...1_000)) {
                var other = VisitorSketch(part)
                if Bool.random() { swap(&sketch, &other) }
                sketch.merge(other)
                sketch.merge(other)
            }
            #expect(sketch == whole)
            #expect(sketch.bytes == whole.bytes)
        }
    }

    @Test("counts exactly up to 512")
    func exact() throws {
        #expect(VisitorSketch().isEmpty)
        for count in [0, 1, 2, 511, 512] {
            #expect(VisitorSketch(try marks(count)).count == VisitorCount(number: count, isExact: true))
        }
        #expect(!VisitorSketch(try marks(513)).count.isExact)
    }

    @Test("survives being stored", arguments: [0, 1, 2, 3, 100, 511, 512, 513, 10_000, 1_000_000])
    func bytes(_ count: Int) throws {
        var sketches = [VisitorSketch(try marks(count)), VisitorSketch(try marks(count, of: "b"))]
        if count <= VisitorSketch.exactCount {
            // The smallest distances, and the largest.
            let numbers = Array(0..<VisitorMark(count))
            sketches += [VisitorSketch(numbers), VisitorSketch(numbers.map { .max - $0 })]
        }
        for sketch in sketches { #expect(try VisitorSketch(bytes: sketch.bytes) == sketch) }
    }

    @Test("takes few bytes")
    func size() throws {
        for (count, most) in [(1, 8), (10, 44), (100, 360), (512, 1_600), (513, 2_561), (100_000, 2_561)] {
            #expect(VisitorSketch(try marks(count)).bytes.count <= most)
        }
    }

    @Test("is not read from bytes that are none")
    func strict() throws {
        let few = VisitorSketch(try marks(9)).bytes
        let many = VisitorSketch(try marks(900)).bytes
        let ones = [UInt8](repeating: 255, count: 70_000)
        var wrong: [[UInt8]] = [
            [], [0], [1], [1, 0], [2], [3, 0, 0], [1, 2, 1], [1, 255, 255], [1, 0, 0, 0],
            [1, 0, 1, 0b1110_0000, 0, 0, 0, 0],
        ]
        for bytes in [few, many] { wrong += [Array(bytes.dropLast()), bytes + [0]] }
        wrong += [[2] + [UInt8](repeating: 0, count: 2_560), [2] + ones.prefix(2_560), [1, 0, 1] + ones]
        for bytes in wrong { #expect(throws: VisitorSketchError.self) { try VisitorSketch(bytes: bytes) } }
    }

    /// Whatever is read is written in the same way.
    @Test("has one form")
    func canonical() throws {
        var random = SystemRandomNumberGenerator()
        let good = try [5, 60, 999].map { VisitorSketch(try marks($0)).bytes }
        for _ in 0..<20_000 {
            var bytes = good.randomElement(using: &random) ?? []
            for _ in 0...Int.random(in: 0..<3) {
                bytes[.random(in: 0..<min(bytes.count, 200))] = .random(in: 0...255)
            }
            if Bool.random() { bytes = Array(bytes.prefix(.random(in: 0...bytes.count))) }
            guard let sketch = try? VisitorSketch(bytes: bytes) else { continue }
            #expect(sketch.bytes == bytes)
        }
    }

    @Test("of hours of a day survives being stored, and is not read from anything else")
    func hours() throws {
        var hours = VisitorHours()
        for hour in [23, 0, 7] { hours.merge(VisitorSketch(try marks(hour * 100 + 1)), at: hour) }
        let bytes = hours.bytes
        #expect(try VisitorHours(bytes: bytes) == hours)
        #expect(try VisitorHours(bytes: VisitorHours().bytes) == VisitorHours())
        let wrong: [[UInt8]] = [
            [], [2], Array(bytes.dropLast()), bytes + [0], bytes + Array(bytes.dropFirst()), [1, 24, 0, 3, 1, 0, 0],
            [1, 0, 0, 0],
        ]
        for bytes in wrong { #expect(throws: VisitorSketchError.self) { try VisitorHours(bytes: bytes) } }
    }

    @Test("has another mark of one visitor for each link")
    func marks() throws {
        let markers = [VisitorMarker(nil), VisitorMarker(try code("a")), VisitorMarker(try code("b"))]
        for bits in UInt64(0)..<100 { #expect(Set(markers.map { $0.mark(VisitorHash(bits: bits)) }).count == 3) }
    }

    /// SHRINKR_MEASURE_SKETCHES is the largest number of visitors; 1000000 takes some minutes.
    @Test("has an error of at most 2 %, and no bias")
    func error() throws {
        let largest = ProcessInfo.processInfo.environment["SHRINKR_MEASURE_SKETCHES"].flatMap { Int($0) } ?? 20_000
        let links = 1_000
        var errors: [(visitors: Int, error: Double)] = []
        for link in 0..<links {
            // As many links in each order of magnitude.
            let visitors = Int(pow(Double(largest), Double(link) / Double(links - 1)).rounded())
            let sketch = VisitorSketch(try marks(visitors, of: "link\(link)", from: link << 32))
            #expect(sketch.count.isExact == (visitors <= VisitorSketch.exactCount))
            errors.append((visitors, Double(sketch.count.number) / Double(visitors) - 1))
        }
        let (exact, estimated) = (errors.filter { $0.visitors <= 512 }, errors.filter { $0.visitors > 512 })
        #expect(exact.allSatisfy { $0.error == 0 })
        let number = Double(estimated.count)
        let bias = estimated.reduce(0) { $0 + $1.error } / number
        let standardError = (estimated.reduce(0) { $0 + $1.error * $1.error } / number).squareRoot()
        let worst = estimated.map { abs($0.error) }.max() ?? 0
        print(
            "\(links) links of 1 to \(largest) visitors: \(exact.count) exact; \(estimated.count) estimated, "
                + "standard error \(standardError * 100) %, bias \(bias * 100) %, worst \(worst * 100) %")
        #expect(standardError < 0.02)
        // Three standard errors of the mean.
        #expect(abs(bias) < 3 * 0.01625 / number.squareRoot())
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
