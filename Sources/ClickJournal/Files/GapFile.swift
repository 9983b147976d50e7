/// The file `gaps`: the frame numbers that nobody will ever take, one stretch a line, then a CRC-32C.
///
/// A gap that no frame waits behind any more is nowhere else in the files. Without it a ledger that had not heard of it
/// before a crash would wait for that frame for ever. There is no file before the first gap.
enum GapFile {
    static let name = "gaps"
    /// More than ``FrameGaps/maximumStretches`` lines can have.
    private static let maximumBytes = 64 * 1_024

    /// The gaps of a journal; none where the file is missing, damaged or another journal's.
    static func read(from directory: JournalDirectory, identity: JournalIdentity) throws(JournalError) -> FrameGaps {
        guard directory.isFile(name), let file = try directory.open(name) else { return FrameGaps() }
        let bytes = try directory.readWhatCanBeRead(file, 0..<maximumBytes)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let gaps = FrameGaps(lines.compactMap(stretch))
        return text(gaps, identity) == String(decoding: bytes, as: UTF8.self) ? gaps : FrameGaps()
    }

    /// Replaces the file as a whole.
    static func write(
        _ gaps: FrameGaps, of identity: JournalIdentity, to directory: JournalDirectory
    ) throws(JournalError) {
        try directory.replace(name, with: Array(text(gaps, identity).utf8))
    }

    private static func stretch(_ line: Substring) -> ClosedRange<UInt64>? {
        let numbers = line.split(separator: "-").map { UInt64($0) }
        guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first <= last,
            last < NumberLimit.value
        else { return nil }
        return first...last
    }

    /// The file's content.
    private static func text(_ gaps: FrameGaps, _ identity: JournalIdentity) -> String {
        let lines = gaps.stretches.map { "\($0.lowerBound)-\($0.upperBound)\n" }.joined()
        let checksum = Array("\(identity)\n\(lines)".utf8).withUnsafeBytes {
            CRC32C.finish(CRC32C.update(CRC32C.start, $0))
        }
        return "\(lines)\(String(checksum, radix: 16))\n"
    }
}
