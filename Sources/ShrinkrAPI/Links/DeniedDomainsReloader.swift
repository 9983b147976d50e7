import FoundationEssentials
import Logging
import NIOPosix
import ServiceLifecycle
import ShrinkrCore

/// Reads the file of denied domains, and reads it again whenever it changes. A file that cannot be read or has an error
/// leaves the last good list in force.
struct DeniedDomainsReloader: Service {
    /// Looking costs one `stat`; a change must be in force within a second.
    static let interval = Duration.milliseconds(500)
    /// Most bytes of the file: a million domains of usual length.
    static let maximumBytes = 64 * 1_024 * 1_024

    private let file: String?
    private let destinations: Destinations
    private let logger: Logger

    /// - Parameter file: Nil where no domain is denied; then this does nothing.
    init(file: String?, destinations: Destinations, logger: Logger) {
        self.file = file
        self.destinations = destinations
        self.logger = logger
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var last: FileVersion?
            while !Task.isCancelled {
                if let file { last = try await refresh(file, unless: last) }
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Reads the file, on a thread that may block, unless it is the same as `last`; returns which it is.
    private func refresh(_ file: String, unless last: FileVersion?) async throws -> FileVersion? {
        try await NIOThreadPool.singleton.runIfActive {
            let version = FileVersion(file)
            if let version, version != last { reload(file) }
            return version
        }
    }

    private func reload(_ file: String) {
        do {
            let domains = try Self.read(file)
            destinations.deny(domains)
            logger.info("Denied domains read", metadata: ["file": "\(file)", "domains": "\(domains.count)"])
        } catch {
            logger.error(
                "Denied domains not read; the last list stays", metadata: ["file": "\(file)", "error": "\(error)"])
        }
    }

    /// Reads a list; also used at start, where an error ends the program.
    static func read(_ file: String) throws -> DomainDenyList {
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        guard size <= maximumBytes else { throw CocoaError(.fileReadTooLarge) }
        let data = try Data(contentsOf: URL(filePath: file))
        return try DomainDenyList(parsing: data)
    }
}

/// What tells a file from what it was before, without reading it: also one put in its place, or a change within one second.
private struct FileVersion: Hashable, Sendable {
    private let device: Int?
    private let number: Int?
    private let size: Int?
    private let modifiedAt: Date?

    /// Nil where there is no such file.
    init?(_ path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        device = attributes[.systemNumber] as? Int
        number = attributes[.systemFileNumber] as? Int
        size = attributes[.size] as? Int
        modifiedAt = attributes[.modificationDate] as? Date
    }
}
