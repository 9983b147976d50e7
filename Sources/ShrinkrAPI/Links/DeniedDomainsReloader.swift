import FoundationEssentials
import Glibc
import Logging
import NIOPosix
import ServiceLifecycle
import ShrinkrBase
import ShrinkrDestinations
import ShrinkrObservability
import Synchronization

/// Reads the file of denied domains, and reads it again whenever it changes. A file that cannot be read leaves the last good
/// list in force; one with a line that is nothing adds its other lines to that, so that it neither lifts a denial nor
/// holds one up.
struct DeniedDomainsReloader: Service {
    /// Looking costs one `stat`; a change must be in force within a second.
    static let interval = Duration.milliseconds(500)
    /// Most bytes of the file: a million domains of usual length.
    static let maximumBytes = 64 * 1_024 * 1_024

    private let file: String?
    private let destinations: Destinations
    private let logger: Logger
    private let clock: WallClock

    /// - Parameter file: Nil where no domain is denied; then this does nothing.
    init(file: String?, destinations: Destinations, clock: WallClock, logger: Logger) {
        self.file = file
        self.destinations = destinations
        self.logger = logger
        self.clock = clock
    }

    func run() async throws {
        guard let file else {
            try? await gracefulShutdown()
            return
        }
        let last = Mutex<FileVersion?>(nil)
        try await PeriodicService(
            every: Self.interval, failure: "Denied domains not read; the last list stays", clock: clock,
            logger: logger
        ) {
            let known = last.withLock { last in
                // Forgotten until it is read: a file that cannot be read is tried again, whatever becomes of it.
                defer { last = nil }
                return last
            }
            let version = try await refresh(file, unless: known)
            last.withLock { $0 = version }
        }.run()
    }

    /// Reads the file, on a thread that may block, unless it is the same as `last`; returns which it is.
    private func refresh(_ file: String, unless last: FileVersion?) async throws -> FileVersion? {
        try await NIOThreadPool.singleton.runIfActive {
            let version = FileVersion(file)
            if let version, version == last { return version }
            try reload(file)
            return version
        }
    }

    private func reload(_ file: String) throws {
        let bytes = try Self.content(of: file)
        var domains = DomainDenyList()
        if let error = domains.add(parsing: bytes) {
            var all = destinations.deniedDomains
            _ = all.add(parsing: bytes)
            destinations.deny(all)
            logger.error(
                "Denied domains have a line that is not understood; what was denied before stays denied",
                metadata: ["file": "\(file)", "error": "\(error)", "domains": "\(all.count)"])
        } else {
            destinations.deny(domains)
            logger.info("Denied domains read", metadata: ["file": "\(file)", "domains": "\(domains.count)"])
        }
    }

    /// Reads a list; also used at start, where an error ends the program.
    static func read(_ file: String) throws -> DomainDenyList { try DomainDenyList(parsing: content(of: file)) }

    private static func content(of file: String) throws(DeniedDomainsFileError) -> Data {
        var status = stat()
        guard stat(file, &status) == 0, access(file, R_OK) == 0 else { throw .system(file, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .folder(file) }
        guard status.st_size <= maximumBytes else { throw .tooLarge(file) }
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { throw .system(file, EIO) }
        return data
    }
}

/// Why the file of denied domains cannot be read.
enum DeniedDomainsFileError: Error, Hashable, CustomStringConvertible {
    /// The file, and what the system says (`errno`).
    case system(String, Int32)
    case folder(String)
    case tooLarge(String)

    var description: String {
        switch self {
        case .system(let file, let number):
            // text: the system's own words.
            "'\(file)' cannot be read: \(String(cString: strerror(number)).lowercased())"
        case .folder(let file): "'\(file)' is a folder, not a file"
        case .tooLarge(let file): "'\(file)' has more than \(DeniedDomainsReloader.maximumBytes) bytes"
        }
    }
}

/// What tells a file from what it was before, without reading it: also one put in its place, a change within one second,
/// and a link that leads elsewhere or to a file that has changed, as files of configuration often are.
private struct FileVersion: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let modifiedAt: [Int]

    /// Nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, number, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        modifiedAt = [Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
    }
}
