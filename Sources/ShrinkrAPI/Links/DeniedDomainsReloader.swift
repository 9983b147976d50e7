import FoundationEssentials
import Logging
import ServiceLifecycle
import ShrinkrCore

/// Reads the file of denied domains, and reads it again whenever it changes. A file that cannot be read or has an error
/// leaves the last good list in force.
struct DeniedDomainsReloader: Service {
    static let interval = Duration.seconds(5)
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
            var last: Date?
            while !Task.isCancelled {
                if let file, let changed = modificationDate(of: file), changed != last {
                    last = changed
                    reload(file)
                }
                try await Task.sleep(for: Self.interval)
            }
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
        let data = try Data(contentsOf: URL(filePath: file))
        guard data.count <= maximumBytes else { throw CocoaError(.fileReadTooLarge) }
        return try DomainDenyList(parsing: String(decoding: data, as: UTF8.self), domainToASCII: DomainNames.toASCII)
    }

    private func modificationDate(of file: String) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
    }
}
