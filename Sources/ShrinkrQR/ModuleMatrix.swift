/// The modules of a symbol: the patterns that every symbol has, and the codewords between them (ISO/IEC 18004:2015,
/// sections 6.3, 7.7 to 7.10).
struct ModuleMatrix: Hashable, Sendable {
    let size: Int
    private let version: Int
    private var dark: [Bool]
    /// Whether a module belongs to a pattern, and not to the codewords.
    private var isPattern: [Bool]

    init(version: Int, level: QRCode.Level, codewords: [UInt8]) {
        self.init(version: version)
        place(codewords)
        let masked = (0..<8).map { mask in
            var symbol = self
            symbol.apply(mask: mask, level)
            return symbol
        }
        self = masked.min { $0.penalty < $1.penalty } ?? self
    }

    /// The patterns alone, with room for what names the mask.
    private init(version: Int) {
        self.version = version
        size = Self.size(version)
        dark = [Bool](repeating: false, count: size * size)
        isPattern = dark
        drawTiming()
        for (column, row) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawFinder(column, row) }
        drawAlignment()
        drawFormat(0)
        if version >= 7 { drawVersion() }
    }

    func isDark(_ column: Int, _ row: Int) -> Bool { dark[row * size + column] }

    private static func size(_ version: Int) -> Int { 17 + 4 * version }

    /// Modules that codewords and the bits after them have (section 6.3, table 1).
    static func dataModules(version: Int) -> Int {
        ModuleMatrix(version: version).isPattern.count { !$0 }
    }

    // MARK: Patterns

    private mutating func draw(_ column: Int, _ row: Int, _ isDark: Bool) {
        guard (0..<size).contains(column), (0..<size).contains(row) else { return }
        dark[row * size + column] = isDark
        isPattern[row * size + column] = true
    }

    /// Section 6.3.5.
    private mutating func drawTiming() {
        for place in 0..<size {
            draw(place, 6, place.isMultiple(of: 2))
            draw(6, place, place.isMultiple(of: 2))
        }
    }

    /// A finder pattern around a module, with its separator (sections 6.3.3 and 6.3.4).
    private mutating func drawFinder(_ column: Int, _ row: Int) {
        for right in -4...4 {
            for down in -4...4 {
                let ring = max(abs(right), abs(down))
                draw(column + right, row + down, ring != 2 && ring != 4)
            }
        }
    }

    /// Everywhere but where a finder pattern is (section 6.3.6).
    private mutating func drawAlignment() {
        let places = alignmentPlaces
        for column in places {
            for row in places {
                let isAtFinder =
                    (column == places.first && (row == places.first || row == places.last))
                    || (column == places.last && row == places.first)
                if isAtFinder { continue }
                for right in -2...2 {
                    for down in -2...2 { draw(column + right, row + down, max(abs(right), abs(down)) != 1) }
                }
            }
        }
    }

    /// Rows, and columns, of the alignment patterns' centres (table E.1): the first is 6, the others lie before the last
    /// in equal steps, as small as an even number can be.
    private var alignmentPlaces: [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        let last = size - 7
        let pairs = 2 * (count - 1)
        // The one exception of the table is version 32.
        let step = version == 32 ? 26 : (last - 6 + pairs - 1) / pairs * 2
        return [6] + (0..<count - 1).map { last - step * $0 }.reversed()
    }

    /// Level and mask, twice (section 7.9, figure 25).
    private mutating func drawFormat(_ format: Int) {
        func bit(_ index: Int) -> Bool { format >> index & 1 == 1 }
        for index in 0...5 { draw(8, index, bit(index)) }
        draw(8, 7, bit(6))
        draw(8, 8, bit(7))
        draw(7, 8, bit(8))
        for index in 9..<15 { draw(14 - index, 8, bit(index)) }
        for index in 0..<8 { draw(size - 1 - index, 8, bit(index)) }
        for index in 8..<15 { draw(8, size - 15 + index, bit(index)) }
        draw(8, size - 8, true)
    }

    /// The version, twice (section 7.10).
    private mutating func drawVersion() {
        let bits = version << 12 | Self.remainder(of: version, dividedBy: 0x1F25, degree: 12)
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            draw(size - 11 + index % 3, index / 3, isDark)
            draw(index / 3, size - 11 + index % 3, isDark)
        }
    }

    /// The check bits of a BCH code (annexes C and D).
    private static func remainder(of data: Int, dividedBy generator: Int, degree: Int) -> Int {
        var remainder = data << degree
        for shift in (0..<6).reversed() where remainder >> (degree + shift) & 1 == 1 {
            remainder ^= generator << shift
        }
        return remainder
    }

    // MARK: Codewords

    /// In columns of two, from right to left, up and down in turn (section 7.7.3). What is left over stays light.
    private mutating func place(_ codewords: [UInt8]) {
        var next = 0
        var goesUp = true
        for right in stride(from: size - 1, through: 1, by: -2) {
            // The column of the timing pattern has none.
            let right = right <= 6 ? right - 1 : right
            for step in 0..<size {
                let row = goesUp ? size - 1 - step : step
                for column in [right, right - 1] where !isPattern[row * size + column] {
                    guard next < codewords.count * 8 else { return }
                    dark[row * size + column] = codewords[next / 8] >> UInt8(7 - next % 8) & 1 == 1
                    next += 1
                }
            }
            goesUp.toggle()
        }
    }

    // MARK: Masks

    /// Inverts modules of the codewords by one of eight rules, and says by which (sections 7.8.2 and 7.9.1).
    private mutating func apply(mask: Int, _ level: QRCode.Level) {
        for row in 0..<size {
            for column in 0..<size where !isPattern[row * size + column] && Self.inverts(mask, column, row) {
                dark[row * size + column].toggle()
            }
        }
        let indicator =
            switch level {
            case .low: 0b01
            case .medium: 0b00
            case .quartile: 0b11
            case .high: 0b10
            }
        let data = indicator << 3 | mask
        drawFormat((data << 10 | Self.remainder(of: data, dividedBy: 0x537, degree: 10)) ^ 0x5412)
    }

    /// Table 10.
    private static func inverts(_ mask: Int, _ column: Int, _ row: Int) -> Bool {
        let product = column * row
        switch mask {
        case 0: return (row + column) % 2 == 0
        case 1: return row % 2 == 0
        case 2: return column % 3 == 0
        case 3: return (row + column) % 3 == 0
        case 4: return (row / 2 + column / 3) % 2 == 0
        case 5: return product % 2 + product % 3 == 0
        case 6: return (product % 2 + product % 3) % 2 == 0
        default: return ((row + column) % 2 + product % 3) % 2 == 0
        }
    }

    /// How hard the symbol is to read: what looks like a finder pattern, and large or uneven areas (section 7.8.3).
    private var penalty: Int {
        var penalty = 0
        for line in 0..<size {
            penalty += Self.penalty((0..<size).map { isDark($0, line) })
            penalty += Self.penalty((0..<size).map { isDark(line, $0) })
        }
        for row in 1..<size {
            for column in 1..<size {
                let corner = isDark(column, row)
                if isDark(column - 1, row) == corner, isDark(column, row - 1) == corner,
                    isDark(column - 1, row - 1) == corner
                {
                    penalty += 3
                }
            }
        }
        let share = dark.count { $0 } * 100 / dark.count
        return penalty + abs(share - 50) / 5 * 10
    }

    private static func penalty(_ line: [Bool]) -> Int {
        var penalty = 0
        var run = 0
        // The last eleven modules, the newest lowest.
        var window = 0
        for (place, isDark) in line.enumerated() {
            run = place > 0 && line[place - 1] == isDark ? run + 1 : 1
            if run == 5 { penalty += 3 } else if run > 5 { penalty += 1 }
            window = (window << 1 | (isDark ? 1 : 0)) & 0b111_1111_1111
            if place >= 10, window == 0b101_1101_0000 || window == 0b000_0101_1101 { penalty += 40 }
        }
        return penalty
    }
}
