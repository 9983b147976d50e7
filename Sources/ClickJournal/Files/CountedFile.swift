/// The file `counted`: how many of a journal's frames the store is known to have counted; behind a space since when the
/// store knows of fewer, if it does, in milliseconds of the epoch; then a CRC-32C.
///
/// It tells a store that was put back to an earlier state from one that is only behind. Losing the file loses nothing
/// else. There is none before the store counts the first frame.
enum CountedFile {
    struct Content: Hashable, Sendable {
        var frames: UInt64 = 0
        var behindSince: Int64?

        fileprivate var line: String { "\(frames)" + (behindSince.map { " \($0)" } ?? "") }
    }

    static let name = "counted"
    private static let maximumBytes = 64

    /// The content; that of a new journal where the file is missing, damaged or another journal's.
    static func read(from directory: JournalDirectory, identity: JournalIdentity) throws(JournalError) -> Content {
        guard directory.isFile(name), let file = try directory.open(name) else { return Content() }
        let found = try directory.readWhatCanBeRead(file, 0..<maximumBytes)
        let numbers = found.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: " "))
            .map { Int64(String(decoding: $0, as: UTF8.self)) }
        guard (1...2).contains(numbers.count), let frames = numbers[0].flatMap(UInt64.init(exactly:)),
            frames < NumberLimit.value
        else { return Content() }
        let content = Content(frames: frames, behindSince: numbers.count == 2 ? numbers[1] : nil)
        return found == bytes(content, identity) ? content : Content()
    }

    /// Replaces the file as a whole.
    static func write(
        _ content: Content, of identity: JournalIdentity, to directory: JournalDirectory
    ) throws(JournalError) {
        try directory.replace(name, with: bytes(content, identity))
    }

    private static func bytes(_ content: Content, _ identity: JournalIdentity) -> [UInt8] {
        let checksum = Array("\(identity)\n\(content.line)\n".utf8).withUnsafeBytes {
            CRC32C.finish(CRC32C.update(CRC32C.start, $0))
        }
        return Array("\(content.line)\n\(String(checksum, radix: 16))\n".utf8)
    }
}
