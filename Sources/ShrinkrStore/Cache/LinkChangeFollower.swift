package import Logging
import ServiceLifecycle
import ShrinkrCore

/// Keeps a ``LinkCache`` true while other processes change links: asks the store's change feed and invalidates.
///
/// While the store cannot be read, cached links go on being served; the feed is taken up where it was left.
package struct LinkChangeFollower: Service {
    /// Most changes read at once.
    static let pageSize = 1_000

    private let cache: LinkCache
    private let links: any LinkStore
    private let interval: Duration
    private let logger: Logger

    /// - Parameter interval: how long a change of another process may go unnoticed.
    package init(cache: LinkCache, links: any LinkStore, interval: Duration = .seconds(1), logger: Logger) {
        self.cache = cache
        self.links = links
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var position: Int64?
            while !Task.isCancelled {
                do {
                    position = try await follow(from: position)
                } catch {
                    logger.debug("Link changes could not be read", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: interval)
            }
        }
    }

    /// Reads what changed since `position` and returns the new position.
    private func follow(from position: Int64?) async throws -> Int64 {
        guard var position else {
            let latest = try await links.latestChange()
            // What was read before may have changed before the feed was taken up.
            cache.invalidateAll()
            return latest
        }
        while true {
            let changes = try await links.changes(after: position, limit: Self.pageSize)
            for change in changes { cache.invalidate(change.code) }
            position = changes.last?.position ?? position
            if changes.count < Self.pageSize { return position }
        }
    }
}
