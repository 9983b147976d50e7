/// A set of visitors that tells how many they are, and not who: exactly while they are few, then by HyperLogLog (Flajolet,
/// Fusy, Gandouet, Meunier: "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", AofA 2007).
/// As in practice, few are kept as a list that grows into the registers (Heule, Nunkesser, Hall: "HyperLogLog in
/// practice", EDBT 2013).
///
/// A sketch follows from the set alone, so it does not matter in which order, how often and in how many parts visitors
/// come: merging is commutative, associative and idempotent.
package struct VisitorSketch: Hashable, Sendable {
    /// Most visitors that are counted exactly. Two of so many have the same mark with a chance of 1 in 32,000
    /// (`n²/2³³`), and then count as one.
    package static let exactCount = 512
    /// Bits of a mark that choose its register. The standard error is `1.04/√4096`, 1.625 % (Flajolet et al., theorem 1).
    static let precision = 12
    static let registers = 1 << precision
    /// Bits of a mark whose leading zeros make its rank.
    static let rankBits = VisitorMark.bitWidth - precision
    static let maximumRank = UInt8(rankBits + 1)

    enum Form: Hashable, Sendable {
        /// All marks, in order, each once; at most ``exactCount``.
        case few([VisitorMark])
        /// The highest rank of each register.
        case many([UInt8])
    }

    private(set) var form: Form

    package init() {
        form = .few([])
    }

    /// - Parameter marks: in any order, any number of times.
    package init(_ marks: [VisitorMark]) {
        // Whoever are many need not be put in order.
        if marks.count > 2 * Self.exactCount, Self.areMany(marks) {
            self.init(form: .many(Self.ranks(of: marks)))
        } else {
            self.init(sorted: Self.unique(marks.sorted()))  // text: these are numbers.
        }
    }

    /// Whether there are too many distinct ones for a list; looks at no more than it must.
    private static func areMany(_ marks: [VisitorMark]) -> Bool {
        var distinct = Set<VisitorMark>(minimumCapacity: exactCount + 1)
        return marks.contains { mark in
            distinct.insert(mark)
            return distinct.count > exactCount
        }
    }

    init(form: Form) {
        self.form = form
    }

    private init(sorted marks: [VisitorMark]) {
        form = marks.count <= Self.exactCount ? .few(marks) : .many(Self.ranks(of: marks))
    }

    package var isEmpty: Bool { form == .few([]) }

    /// Adds the visitors of another sketch.
    package mutating func merge(_ other: VisitorSketch) {
        switch (form, other.form) {
        case (.few(let own), .few(let marks)):
            if own.isEmpty { return form = other.form }
            self = VisitorSketch(sorted: Self.union(own, marks))
        case (.few(let own), .many(var ranks)):
            Self.enter(own, into: &ranks)
            form = .many(ranks)
        case (.many(var ranks), .few(let marks)):
            form = .few([])
            Self.enter(marks, into: &ranks)
            form = .many(ranks)
        case (.many(var ranks), .many(let others)):
            form = .few([])
            for index in ranks.indices { ranks[index] = max(ranks[index], others[index]) }
            form = .many(ranks)
        }
    }

    private static func unique(_ sorted: [VisitorMark]) -> [VisitorMark] {
        var marks: [VisitorMark] = []
        marks.reserveCapacity(sorted.count)
        for mark in sorted where mark != marks.last { marks.append(mark) }
        return marks
    }

    /// Both lists in one, in order, what they share once.
    private static func union(_ one: [VisitorMark], _ other: [VisitorMark]) -> [VisitorMark] {
        var marks: [VisitorMark] = []
        marks.reserveCapacity(one.count + other.count)
        var (left, right) = (0, 0)
        while left < one.count, right < other.count {
            let (first, second) = (one[left], other[right])
            marks.append(min(first, second))
            if first <= second { left += 1 }
            if second <= first { right += 1 }
        }
        return marks + one[left...] + other[right...]
    }

    private static func ranks(of marks: [VisitorMark]) -> [UInt8] {
        var ranks = [UInt8](repeating: 0, count: registers)
        enter(marks, into: &ranks)
        return ranks
    }

    private static func enter(_ marks: [VisitorMark], into ranks: inout [UInt8]) {
        for mark in marks {
            let register = Int(mark >> rankBits)
            let zeros = (mark << precision).leadingZeroBitCount
            ranks[register] = max(ranks[register], UInt8(min(zeros, rankBits) + 1))
        }
    }
}

/// How many visitors there were.
package struct VisitorCount: Hashable, Sendable {
    package let number: Int
    /// Whether the number is no estimate, and nobody may be counted twice in it.
    package let isExact: Bool

    package static let none = VisitorCount(number: 0, isExact: true)

    package init(number: Int, isExact: Bool) {
        self.number = number
        self.isExact = isExact
    }

    package static func + (left: VisitorCount, right: VisitorCount) -> VisitorCount {
        VisitorCount(number: left.number + right.number, isExact: left.isExact && right.isExact)
    }
}
