/// Punycode, RFC 3492: the ASCII form of a label of a domain name, without its `xn--`.
enum Punycode {
    private static let base = 36
    private static let initialBias = 72
    private static let initialCodePoint: UInt32 = 0x80
    private static let hyphen = UInt8(ascii: "-")

    /// Encodes `label`. Takes time in proportion to n log n.
    ///
    /// Where the RFC's procedure passes over the whole label for each different code point, this one takes the code
    /// points in the order in which a decoder inserts them, and looks up where each one is inserted.
    static func encode(_ label: [UInt32]) -> [UInt8] {
        let isBasic = { (index: Int) in label[index] < initialCodePoint }
        var inserted = label.indices.filter(isBasic)
        var output = inserted.map { UInt8(truncatingIfNeeded: label[$0]) }
        if !output.isEmpty { output.append(hyphen) }
        var state = State()
        for index in label.indices.filter({ !isBasic($0) }).sorted(by: { (label[$0], $0) < (label[$1], $1) }) {
            let place = inserted.partitioningIndex { $0 > index }
            let skipped = Int(label[index] - state.codePoint) * (inserted.count + 1)
            let delta = skipped + place - state.place
            write(delta, bias: state.bias, into: &output)
            state.adapt(to: delta, count: inserted.count + 1)
            state.codePoint = label[index]
            state.place = place + 1
            inserted.insert(index, at: place)
        }
        return output
    }

    /// Decodes lower-case Punycode; `nil` where it is none.
    static func decode(_ text: ArraySlice<UInt32>) -> [UInt32]? {
        let basic = text[..<(text.lastIndex(of: UInt32(hyphen)) ?? text.startIndex)]
        var label = Array(basic)
        // A hyphen that nothing precedes delimits nothing, and is no digit either.
        var rest = basic.isEmpty ? text : text[(basic.endIndex + 1)...]
        var state = State()
        while !rest.isEmpty {
            let count = label.count + 1
            guard let delta = read(&rest, bias: state.bias, limit: count << 21) else { return nil }
            let sum = state.place + delta
            state.adapt(to: delta, count: count)
            state.codePoint += UInt32(sum / count)
            state.place = sum % count
            guard state.codePoint <= 0x10_FFFF else { return nil }
            label.insert(state.codePoint, at: state.place)
            state.place += 1
        }
        return label
    }

    /// What encoder and decoder keep between two code points: the last one, the place after it, and the bias.
    private struct State {
        var codePoint = initialCodePoint
        var place = 0
        var bias = initialBias
        private var isFirst = true

        /// RFC 3492 section 6.1.
        mutating func adapt(to delta: Int, count: Int) {
            var delta = delta / (isFirst ? 700 : 2)
            isFirst = false
            delta += delta / count
            bias = 0
            while delta > 455 {
                delta /= base - 1
                bias += base
            }
            bias += base * delta / (delta + 38)
        }
    }

    /// The value from which on a digit at `position` is not the last one.
    private static func threshold(_ position: Int, bias: Int) -> Int {
        min(max(base * (position + 1) - bias, 1), 26)
    }

    private static func write(_ number: Int, bias: Int, into output: inout [UInt8]) {
        var rest = number
        var position = 0
        while true {
            let threshold = threshold(position, bias: bias)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            position += 1
        }
        output.append(digit(rest))
    }

    /// Reads a number from the front of `text`; `nil` where it is incomplete or greater than `limit`.
    private static func read(_ text: inout ArraySlice<UInt32>, bias: Int, limit: Int) -> Int? {
        var number = 0
        var weight = 1
        var position = 0
        while let codePoint = text.popFirst(), let digit = digitValue(codePoint) {
            number += digit * weight
            guard number <= limit else { return nil }
            let threshold = threshold(position, bias: bias)
            if digit < threshold { return number }
            weight *= base - threshold
            position += 1
        }
        return nil
    }

    private static func digit(_ value: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? Int(UInt8(ascii: "a")) + value : Int(UInt8(ascii: "0")) + value - 26)
    }

    private static func digitValue(_ codePoint: UInt32) -> Int? {
        switch codePoint {
        case 0x61...0x7A: Int(codePoint) - 0x61
        case 0x30...0x39: Int(codePoint) - 0x30 + 26
        default: nil
        }
    }
}

extension [Int] {
    /// The first index whose element `belongs`, where all that belong come after all that do not.
    fileprivate func partitioningIndex(where belongs: (Int) -> Bool) -> Int {
        var start = 0
        var end = count
        while start < end {
            let middle = (start + end) / 2
            if belongs(self[middle]) { end = middle } else { start = middle + 1 }
        }
        return start
    }
}
