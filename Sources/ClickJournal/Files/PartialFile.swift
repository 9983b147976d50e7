/// The file `partial`: how many records the partial frames hold, one `<frame>:<records>` a line, then a CRC-32C.
///
/// Once a segment is deleted nothing else in the files tells that of a frame in it the queue got no more than this; whoever
/// speaks for the journal would ask for the whole frame for ever. There is no file before the first such frame.
enum PartialFile {
    static let name = "partial"
    /// More than ``PartialFrames/maximumFrames`` lines can have.
    private static let maximumBytes = 64 * 1_024

    /// The partial frames of a journal; none where the file is missing, damaged or another journal's.
    static func read(
        from directory: JournalDirectory, identity: JournalIdentity
    ) throws(JournalError) -> PartialFrames {
        guard directory.isFile(name), let file = try directory.open(name) else { return PartialFrames() }
        let bytes = try directory.readWhatCanBeRead(file, 0..<maximumBytes)
        var frames = PartialFrames()
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let numbers = line.split(separator: UInt8(ascii: ":")).map { String(decoding: $0, as: UTF8.self) }
            guard numbers.count == 2, let frame = UInt64(numbers[0]), let records = Int(numbers[1]) else { continue }
            frames.note(frame, records: records)
        }
        return content(frames, identity) == bytes ? frames : PartialFrames()
    }

    /// Replaces the file as a whole.
    static func write(
        _ frames: PartialFrames, of identity: JournalIdentity, to directory: JournalDirectory
    ) throws(JournalError) {
        try directory.replace(name, with: content(frames, identity))
    }

    private static func content(_ frames: PartialFrames, _ identity: JournalIdentity) -> [UInt8] {
        let lines = frames.records.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)\n" }.joined()
        let checksum = Array("\(identity)\n\(lines)".utf8).withUnsafeBytes {
            CRC32C.finish(CRC32C.update(CRC32C.start, $0))
        }
        return Array("\(lines)\(String(checksum, radix: 16))\n".utf8)
    }
}
