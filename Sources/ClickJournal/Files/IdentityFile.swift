/// The file `identity` of a journal whose directory is not named by it: its UUID and its CRC-32C, as text on one line.
///
/// It is a second copy (every segment header is another), so that damage to either loses nothing.
enum IdentityFile {
    static let name = "identity"
    /// Its size: 36 characters, a space, at most 8 digits and a line end.
    static let byteCount = 46
    private static let maximumBytes = 256

    enum Content: Equatable {
        case missing
        case damaged(bytes: Int)
        case valid(JournalIdentity)
    }

    static func read(from directory: JournalDirectory) throws(JournalError) -> Content {
        guard directory.isFile(name), let file = try directory.open(name) else { return .missing }
        let bytes = try directory.read(file, 0..<maximumBytes)
        guard let line = String(validating: bytes, as: UTF8.self),
            let identity = JournalIdentity(String(line.prefix(36))),
            line == text(identity)
        else { return .damaged(bytes: bytes.count) }
        return .valid(identity)
    }

    /// Replaces the file as a whole.
    static func write(_ identity: JournalIdentity, to directory: JournalDirectory) throws(JournalError) {
        try directory.replace(name, with: Array(text(identity).utf8))
    }

    /// The file's content.
    static func text(_ identity: JournalIdentity) -> String {
        let text = identity.description
        let checksum = Array(text.utf8).withUnsafeBytes { CRC32C.finish(CRC32C.update(CRC32C.start, $0)) }
        return "\(text) \(String(checksum, radix: 16))\n"
    }
}
