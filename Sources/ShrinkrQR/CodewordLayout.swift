/// How the codewords of a version and level are divided into blocks (ISO/IEC 18004:2015, table 9).
struct CodewordLayout {
    private let version: Int
    private let blockCount: Int
    private let errorCodewordsPerBlock: Int

    init(_ version: Int, _ level: QRCode.Level) {
        self.version = version
        blockCount = Self.blockCounts(level)[version - 1]
        errorCodewordsPerBlock = Self.errorCodewordsPerBlock(level)[version - 1]
    }

    /// Most bytes of a text, after the mode and the count (section 7.4.5).
    var byteCapacity: Int { (dataCodewords * 8 - 4 - countBits) / 8 }

    /// All codewords of the symbol, in the order in which they are placed (section 7.6).
    func codewords(of bytes: some Collection<UInt8>) -> [UInt8] {
        let blocks = split(data(of: bytes))
        let corrector = ReedSolomon(degree: errorCodewordsPerBlock)
        return Self.interleaved(blocks) + Self.interleaved(blocks.map { corrector.remainder(of: $0) })
    }

    /// The text in byte mode with its padding (sections 7.4.5, 7.4.9 and 7.4.10).
    private func data(of bytes: some Collection<UInt8>) -> [UInt8] {
        var bits = BitWriter()
        bits.append(0b0100, count: 4)
        bits.append(bytes.count, count: countBits)
        for byte in bytes { bits.append(Int(byte), count: 8) }
        bits.append(0, count: min(4, dataCodewords * 8 - bits.count))
        var codewords = bits.bytes
        var pad: UInt8 = 0xEC
        while codewords.count < dataCodewords {
            codewords.append(pad)
            pad ^= 0xEC ^ 0x11
        }
        return codewords
    }

    /// The last blocks have one data codeword more where they do not come out even.
    private func split(_ data: [UInt8]) -> [ArraySlice<UInt8>] {
        let (length, longer) = dataCodewords.quotientAndRemainder(dividingBy: blockCount)
        var rest = data[...]
        return (0..<blockCount).map { index in
            let block = rest.prefix(index < blockCount - longer ? length : length + 1)
            rest = rest.dropFirst(block.count)
            return block
        }
    }

    /// The first codeword of every block, then the second of every block, and so on.
    private static func interleaved(_ blocks: [some RandomAccessCollection<UInt8>]) -> [UInt8] {
        let length = blocks.map(\.count).max() ?? 0
        return (0..<length).flatMap { place in blocks.compactMap { $0.dropFirst(place).first } }
    }

    /// Bits of the number of bytes (table 3).
    private var countBits: Int { version < 10 ? 8 : 16 }

    private var dataCodewords: Int {
        ModuleMatrix.dataModules(version: version) / 8 - blockCount * errorCodewordsPerBlock
    }

    private static func errorCodewordsPerBlock(_ level: QRCode.Level) -> [Int] {
        switch level {
        case .low:
            [
                7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28,
                30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
            ]
        case .medium:
            [
                10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28,
                28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
            ]
        case .quartile:
            [
                13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28,
                30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
            ]
        case .high:
            [
                17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30,
                30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
            ]
        }
    }

    private static func blockCounts(_ level: QRCode.Level) -> [Int] {
        switch level {
        case .low:
            [
                1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17,
                18, 19, 19, 20, 21, 22, 24, 25,
            ]
        case .medium:
            [
                1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28,
                29,
                31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
            ]
        case .quartile:
            [
                1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38,
                40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
            ]
        case .high:
            [
                1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42,
                45,
                48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
            ]
        }
    }
}

/// Bits in order, the highest of each value first.
private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: Int, count bits: Int) {
        for bit in (0..<bits).reversed() {
            if count.isMultiple(of: 8) { bytes.append(0) }
            bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(7 - count % 8)
            count += 1
        }
    }
}
