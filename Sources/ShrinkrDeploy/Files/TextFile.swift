import FoundationEssentials
import Glibc

/// Whole files of UTF-8 text.
enum TextFile {
    /// Reads a file.
    ///
    /// - Parameter limit: The largest file read, in bytes.
    /// - Throws: ``Problem``.
    static func read(_ path: String, limit: Int) throws(Problem) -> String {
        func problem(_ reason: String) -> Problem { Problem(file: path, line: 1, reason) }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw problem("there is no such file")
        }
        if isFolder { throw problem("is a folder, not a file") }
        guard let file = fopen(path, "rb") else { throw problem("cannot be read: \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        bytes.removeLast(bytes.count - count)
        if ferror(file) != 0 { throw problem("cannot be read") }
        if bytes.count > limit { throw problem("is larger than \(limit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw problem("is not UTF-8") }
        return text
    }

    /// Replaces a file's content in one step: whoever reads it sees the old content or the new one, and a failure leaves
    /// the old. A link stays a link.
    ///
    /// - Throws: ``DeployError``.
    static func replace(_ path: String, with text: String) throws(DeployError) {
        guard let target = realpath(path, nil) else { throw failure("found", path) }
        defer { free(target) }
        var status = stat()
        guard stat(target, &status) == 0 else { throw failure("read", path) }
        var temporary = Array("\(String(cString: target)).XXXXXX".utf8CString)
        let descriptor = mkstemp(&temporary)
        guard descriptor >= 0 else { throw failure("written beside", path) }
        let isWritten = write(text, to: descriptor) && fchmod(descriptor, status.st_mode) == 0 && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWritten, rename(temporary, target) == 0 else {
            let error = failure("written", path)
            unlink(temporary)
            throw error
        }
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ what: String, _ path: String) -> DeployError {
        DeployError("\(path) cannot be \(what): \(String(cString: strerror(errno)))")
    }
}
