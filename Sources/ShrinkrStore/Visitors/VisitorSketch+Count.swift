extension VisitorSketch {
    package var count: VisitorCount {
        switch form {
        case .few(let marks): VisitorCount(number: marks.count, isExact: true)
        case .many(let ranks): VisitorCount(number: Int(Self.estimate(ranks).rounded()), isExact: false)
        }
    }

    /// How many visitors leave such ranks behind: the improved raw estimator (Ertl: "New cardinality estimation
    /// algorithms for HyperLogLog sketches", arXiv:1702.01284, algorithm 6). Unlike that of 2007 it has no bias anywhere
    /// between none and those that fill all registers, and needs no table that corrects it.
    private static func estimate(_ ranks: [UInt8]) -> Double {
        var registersOfRank = [Double](repeating: 0, count: Int(maximumRank) + 1)
        for rank in ranks { registersOfRank[Int(rank)] += 1 }
        let all = Double(registers)
        var sum = all * tau(1 - registersOfRank[rankBits + 1] / all)
        for rank in (1...rankBits).reversed() { sum = (sum + registersOfRank[rank]) / 2 }
        sum += all * sigma(registersOfRank[0] / all)
        return all * all / (twiceLogarithmOf2 * sum)
    }

    private static let twiceLogarithmOf2 = 1.386_294_361_119_890_6

    /// `x + Σ x^(2^k) · 2^(k-1)` for k from 1 on: the part of empty registers. Infinite for 1, where nobody came.
    private static func sigma(_ share: Double) -> Double {
        if share == 1 { return .infinity }
        var (power, factor, sum) = (share, 1.0, share)
        while true {
            power *= power
            let next = sum + power * factor
            if next == sum { return sum }
            (sum, factor) = (next, factor * 2)
        }
    }

    /// `(1 - x - Σ (1 - x^(2^-k))² · 2^-k) / 3` for k from 1 on: the part of full registers.
    private static func tau(_ share: Double) -> Double {
        if share == 0 || share == 1 { return 0 }
        var (root, factor, sum) = (share, 1.0, 1 - share)
        while true {
            root = root.squareRoot()
            factor /= 2
            let next = sum - (1 - root) * (1 - root) * factor
            if next == sum { return sum / 3 }
            sum = next
        }
    }
}
