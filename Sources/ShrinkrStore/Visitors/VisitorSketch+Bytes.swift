/// Why bytes are no sketch.
package struct VisitorSketchError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension VisitorSketch {
    /// The first byte of every form; a new form gets a new one.
    private enum Kind: UInt8 {
        /// The number of marks (2 bytes), then the distances between them in Rice's code (Rice, Plaunt 1971).
        case few = 1
        /// The ranks, 5 bits each.
        case many = 2
    }

    /// Eight ranks take five bytes.
    private static let (ranksInGroup, bytesInGroup, rankWidth) = (8, 5, UInt64(5))

    /// The one form in which a database keeps the sketch: about 3 to 4 bytes for each of few visitors, 2,561 bytes for
    /// many.
    package var bytes: [UInt8] {
        switch form {
        case .few(let marks):
            let count = UInt16(marks.count)
            var writer = BitWriter([Kind.few.rawValue, UInt8(count >> 8), UInt8(truncatingIfNeeded: count)])
            let width = Self.remainderWidth(marks.count)
            var next: UInt64 = 0
            for mark in marks {
                let distance = UInt64(mark) - next
                writer.writeOnes(Int(distance >> UInt64(width)))
                writer.write(distance & (1 << UInt64(width) - 1), width: width)
                next = UInt64(mark) + 1
            }
            return writer.finish()
        case .many(let ranks):
            var bytes = [Kind.many.rawValue]
            bytes.reserveCapacity(Self.bytesOfMany)
            for start in stride(from: 0, to: ranks.count, by: Self.ranksInGroup) {
                let group = ranks[start..<start + Self.ranksInGroup]
                    .reduce(0 as UInt64) { $0 << Self.rankWidth | UInt64($1) }
                for byte in (0..<Self.bytesInGroup).reversed() {
                    bytes.append(UInt8(truncatingIfNeeded: group >> UInt64(byte * 8)))
                }
            }
            return bytes
        }
    }

    /// - Throws: ``VisitorSketchError`` for bytes that ``bytes`` never gives.
    package init(bytes: some RandomAccessCollection<UInt8>) throws(VisitorSketchError) {
        guard let first = bytes.first else { throw VisitorSketchError("it is empty") }
        switch Kind(rawValue: first) {
        case .few: self.init(form: .few(try Self.marks(Array(bytes))))
        case .many: self.init(form: .many(try Self.ranks(Array(bytes))))
        case nil: throw VisitorSketchError("its form \(first) is not known")
        }
    }

    /// Bits of a distance that are written as they are, for so many marks: those of the mean distance, about.
    private static func remainderWidth(_ count: Int) -> Int {
        VisitorMark.bitWidth - (Int.bitWidth - count.leadingZeroBitCount)
    }

    private static func marks(_ bytes: [UInt8]) throws(VisitorSketchError) -> [VisitorMark] {
        guard bytes.count >= 3 else { throw VisitorSketchError("it ends too early") }
        let count = Int(bytes[1]) << 8 | Int(bytes[2])
        guard count <= exactCount else { throw VisitorSketchError("it lists \(count) visitors, which are too many") }
        var reader = BitReader(bytes, from: 3)
        let width = remainderWidth(count)
        var marks: [VisitorMark] = []
        marks.reserveCapacity(count)
        var next: UInt64 = 0
        for _ in 0..<count {
            let mark = next + UInt64(try reader.readOnes()) << UInt64(width) + (try reader.read(width: width))
            guard let mark = VisitorMark(exactly: mark) else { throw VisitorSketchError("a mark is too large") }
            marks.append(mark)
            next = UInt64(mark) + 1
        }
        try reader.finish()
        return marks
    }

    private static var bytesOfMany: Int { 1 + registers / ranksInGroup * bytesInGroup }

    private static func ranks(_ bytes: [UInt8]) throws(VisitorSketchError) -> [UInt8] {
        guard bytes.count == bytesOfMany else { throw VisitorSketchError("its length is not that of its registers") }
        var ranks: [UInt8] = []
        ranks.reserveCapacity(registers)
        for start in stride(from: 1, to: bytes.count, by: bytesInGroup) {
            let group = bytes[start..<start + bytesInGroup].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            for place in (0..<UInt64(ranksInGroup)).reversed() {
                ranks.append(UInt8(truncatingIfNeeded: group >> (place * rankWidth)) & 0x1F)
            }
        }
        guard ranks.allSatisfy({ $0 <= maximumRank }) else { throw VisitorSketchError("a rank is one that nobody has") }
        guard ranks.contains(where: { $0 > 0 }) else { throw VisitorSketchError("its registers hold nobody") }
        return ranks
    }
}

/// Writes numbers bit by bit, the highest bit first.
private struct BitWriter {
    private var bytes: [UInt8]
    private var pending: UInt64 = 0
    /// Bits that are in `pending` and not in `bytes`: fewer than 8 between calls.
    private var pendingWidth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Parameter width: at most 32.
    mutating func write(_ value: UInt64, width: Int) {
        pending = pending << UInt64(width) | value
        pendingWidth += width
        while pendingWidth >= 8 {
            pendingWidth -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(pendingWidth)))
        }
    }

    /// Writes so many ones and a zero.
    mutating func writeOnes(_ count: Int) {
        var rest = count
        while rest >= 31 {
            write(1 << 31 - 1, width: 31)
            rest -= 31
        }
        write(1 << UInt64(rest + 1) - 2, width: rest + 1)
    }

    /// The bytes, the last one filled up with zeros.
    mutating func finish() -> [UInt8] {
        if pendingWidth > 0 { write(0, width: 8 - pendingWidth) }
        return bytes
    }
}

/// Reads what ``BitWriter`` has written, and nothing else.
private struct BitReader {
    private var bytes: ArraySlice<UInt8>
    /// The next bits, from the highest on; those behind `pendingWidth` are zeros.
    private var pending: UInt64 = 0
    private var pendingWidth = 0

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes[start...]
    }

    /// - Parameter width: at most 32.
    mutating func read(width: Int) throws(VisitorSketchError) -> UInt64 {
        if pendingWidth < width { fill() }
        guard pendingWidth >= width else { throw VisitorSketchError("it ends too early") }
        return take(width)
    }

    /// How many ones are in front of the next zero.
    mutating func readOnes() throws(VisitorSketchError) -> Int {
        var count = 0
        while true {
            fill()
            guard pendingWidth > 0 else { throw VisitorSketchError("it ends too early") }
            let ones = (~pending).leadingZeroBitCount
            count += min(ones, pendingWidth)
            if ones < pendingWidth {
                _ = take(ones + 1)
                return count
            }
            _ = take(pendingWidth)
        }
    }

    /// Nothing may follow but the zeros that fill up the last byte.
    mutating func finish() throws(VisitorSketchError) {
        fill()
        guard pendingWidth < 8, pending == 0 else { throw VisitorSketchError("something follows its end") }
    }

    private mutating func take(_ width: Int) -> UInt64 {
        let value = pending >> UInt64(64 - width)
        pending <<= UInt64(width)
        pendingWidth -= width
        return value
    }

    private mutating func fill() {
        while pendingWidth <= 56, let byte = bytes.popFirst() {
            pending |= UInt64(byte) << UInt64(56 - pendingWidth)
            pendingWidth += 8
        }
    }
}
