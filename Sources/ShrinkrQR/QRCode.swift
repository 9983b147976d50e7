/// A QR code, model 2: bytes as a square of dark and light modules (ISO/IEC 18004:2015).
package struct QRCode: Hashable, Sendable {
    /// How much of a code may be damaged or covered: about 7, 15, 25 and 30 percent (section 5.1 f).
    package enum Level: String, CaseIterable, Hashable, Sendable {
        case low = "L"
        case medium = "M"
        case quartile = "Q"
        case high = "H"
    }

    /// Light modules that readers need on every side (section 6.3.8).
    package static let quietZone = 4

    /// 1 to 40: the smallest that holds the bytes.
    package let version: Int
    private let modules: ModuleMatrix

    /// Modules on each side, without a quiet zone: 21 to 177.
    package var size: Int { modules.size }

    /// - Throws: ``QRCodeError`` for more bytes than the largest code of that level holds: 2,953 to 1,273 (table 7).
    package init(_ bytes: some Collection<UInt8>, level: Level) throws(QRCodeError) {
        guard let version = (1...40).first(where: { CodewordLayout($0, level).byteCapacity >= bytes.count }) else {
            throw .tooLong(bytes: bytes.count, capacity: CodewordLayout(40, level).byteCapacity)
        }
        self.version = version
        let codewords = CodewordLayout(version, level).codewords(of: bytes)
        modules = ModuleMatrix(version: version, level: level, codewords: codewords)
    }

    /// Whether the module is dark; both count from 0 at the upper left.
    package func isDark(column: Int, row: Int) -> Bool { modules.isDark(column, row) }

    /// Neighbouring dark modules of a row, from left to right.
    func darkRuns(inRow row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for column in 0..<size where isDark(column: column, row: row) {
            if let last = runs.last, last.upperBound == column {
                runs[runs.count - 1] = last.lowerBound..<column + 1
            } else {
                runs.append(column..<column + 1)
            }
        }
        return runs
    }
}

package enum QRCodeError: Error, Hashable, CustomStringConvertible {
    case tooLong(bytes: Int, capacity: Int)

    package var description: String {
        switch self {
        case .tooLong(let bytes, let capacity):
            "a QR code of this level holds \(capacity) bytes at most, and these are \(bytes)"
        }
    }
}
