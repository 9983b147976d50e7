import FoundationEssentials
import Glibc
import Logging

/// The file in which earlier versions kept the secret behind all visitor hashes. Whoever has it can find the address
/// behind every hash of the past, so it is destroyed; nothing needs it any more.
enum RetiredVisitorSecret {
    static let fileName = "visitor.secret"

    /// Overwrites and removes the file, and the drafts of it that a crash may have left (`visitor.secret.<pid>`).
    ///
    /// A disk may keep the old bytes elsewhere (SSDs, snapshots, copy-on-write), which no program can reach.
    static func destroy(in directory: String, logger: Logger) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name == fileName || name.hasPrefix(fileName + ".") {
            let path = "\(directory)/\(name)"
            do {
                try overwrite(path)
                try FileManager.default.removeItem(atPath: path)
                logger.notice("The visitor secret of an earlier version was destroyed", metadata: ["file": "\(path)"])
            } catch {
                logger.error(
                    "The visitor secret of an earlier version cannot be destroyed; remove it",
                    metadata: ["file": "\(path)", "error": "\(error)"])
            }
        }
    }

    private static func overwrite(_ path: String) throws {
        let file = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        // A link is removed without touching what it leads to.
        if file < 0, errno == ELOOP { return }
        guard file >= 0 else { throw CocoaError(.fileWriteNoPermission) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw CocoaError(.fileWriteUnknown) }
        let zeros = [UInt8](repeating: 0, count: Int(min(status.st_size, 1 << 20)))
        guard pwrite(file, zeros, zeros.count, 0) == zeros.count, fsync(file) == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
    }
}
