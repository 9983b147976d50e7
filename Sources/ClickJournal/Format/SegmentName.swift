/// The name of a segment file: `0000000007-00000000000000000042.clicks` is sequence 7, beginning in frame 42.
struct SegmentName: Equatable, Sendable {
    static let suffix = ".clicks"

    var sequence: UInt64
    var firstFrame: UInt64

    var text: String {
        "\(Self.padded(sequence, to: 10))-\(Self.padded(firstFrame, to: 20))\(Self.suffix)"
    }

    init(sequence: UInt64, firstFrame: UInt64) {
        self.sequence = sequence
        self.firstFrame = firstFrame
    }

    /// Nil unless `text` is exactly what ``text`` writes.
    init?(_ text: String) {
        guard text.hasSuffix(Self.suffix) else { return nil }
        let parts = text.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = UInt64(parts[0]), let firstFrame = UInt64(parts[1]),
            (1..<NumberLimit.value).contains(sequence), (1..<NumberLimit.value).contains(firstFrame)
        else { return nil }
        self.init(sequence: sequence, firstFrame: firstFrame)
        guard self.text == text else { return nil }
    }

    private static func padded(_ number: UInt64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
