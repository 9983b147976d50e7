extension Duration {
    /// Reads `500ms`, `2s`, `5m`, `1h` or `30d`.
    package init?(shorthand text: String) {
        let units: [(suffix: String, milliseconds: Int)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Int(text.dropLast(unit.suffix.count)), number >= 0
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self = .milliseconds(milliseconds)
    }
}

extension Int {
    /// Reads a number of bytes: `65536`, `64KiB`, `1MiB` or `2GiB`.
    package init?(byteSize text: String) {
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)]
        guard let (suffix, factor) = units.first(where: { text.hasSuffix($0.0) }),
            let number = Int(text.dropLast(suffix.count)), number >= 0
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self = bytes
    }
}

extension Duration {
    /// The duration as `init(shorthand:)` reads it, in the largest unit that fits: `500ms`, `25s`, `1h`.
    package var shorthand: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        let units: [(suffix: String, milliseconds: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
        ]
        guard milliseconds != 0, let unit = units.first(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}

extension Int {
    /// The number of bytes as `init(byteSize:)` reads it, in the largest unit that fits: `1`, `64KiB`, `1GiB`.
    package var byteSize: String {
        let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard self != 0, let (suffix, factor) = units.first(where: { self % $0.1 == 0 }) else { return "\(self)" }
        return "\(self / factor)\(suffix)"
    }
}
