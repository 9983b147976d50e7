import Glibc
package import NIOPosix

/// Writes reports into a local directory, readable by nobody else: they say who was interested in what.
package struct DirectoryReportSink: ReportSink {
    private let root: String
    private let threads: NIOThreadPool

    /// - Parameters:
    ///   - root: the directory; made where it is missing.
    ///   - threads: where files are written, since that blocks.
    package init(root: String, threads: NIOThreadPool) {
        self.root = root
        self.threads = threads
    }

    /// - Throws: ``WorkerError/reportNotWritten(path:reason:)``.
    package func write(key: String, bytes: [UInt8]) async throws {
        let file = ReplacedFile(path: "\(root)/\(key)")
        try await threads.runIfActive { try file.replace(with: bytes) }
    }
}

/// A file whose content changes at once, also for readers and after a power cut: the new content is written and synced
/// under another name, which then takes the file's place (rename(2)).
private struct ReplacedFile: Sendable {
    let path: String

    private var parts: (directory: Substring, name: Substring) {
        // text: the path of a report, made of the time and the operator's folder.
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return (path[..<slash], path[slash...].dropFirst())
    }

    /// Hidden, so that no reader takes it for a report. A process writes a file once at a time.
    private var temporaryPath: String { "\(parts.directory)/.\(parts.name).\(getpid()).tmp" }

    func replace(with bytes: [UInt8]) throws(WorkerError) {
        try makeDirectories()
        do {
            try writeTemporary(bytes)
            try check(rename(temporaryPath, path))
        } catch {
            unlink(temporaryPath)
            throw error
        }
        try sync(descriptor: open(String(parts.directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    private func makeDirectories() throws(WorkerError) {
        // text: as above.
        for slash in parts.directory.indices.dropFirst() where path[slash] == "/" {
            try makeDirectory(path[..<slash])
        }
        try makeDirectory(parts.directory)
    }

    /// A new directory's name is in its parent, which is synced too.
    private func makeDirectory(_ directory: Substring) throws(WorkerError) {
        guard mkdir(String(directory), 0o700) == 0 else {
            if errno == EEXIST { return }
            throw failure()
        }
        try sync(descriptor: open("\(directory)/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    private func writeTemporary(_ bytes: [UInt8]) throws(WorkerError) {
        // What a crash left, and nothing that a link leads to.
        unlink(temporaryPath)
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try check(descriptor)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure()
                close(descriptor)
                throw error
            }
            rest = rest.dropFirst(count)
        }
        try sync(descriptor: descriptor)
    }

    /// Syncs and closes.
    private func sync(descriptor: Int32) throws(WorkerError) {
        try check(descriptor)
        let result = fsync(descriptor)
        let error = failure()
        close(descriptor)
        if result != 0 { throw error }
    }

    private func check(_ result: Int32) throws(WorkerError) {
        if result < 0 { throw failure() }
    }

    /// What `errno` says.
    private func failure() -> WorkerError {
        .reportNotWritten(path: path, reason: String(cString: strerror(errno)))
    }
}

/// Where reports go.
package protocol ReportSink: Sendable {
    /// Writes an object whole, in place of one with the same key. Readers see the old bytes or the new ones.
    ///
    /// - Parameter key: relative to the sink's root, such as `daily/dt=2026-11-22/links.ndjson.gz`.
    func write(key: String, bytes: [UInt8]) async throws
}
