import Logging
import ServiceLifecycle
import ShrinkrObservability
import ShrinkrStore
import Synchronization

/// Keeps a ``LinkCache`` true while other processes change links: listens to what they tell, where the store passes it
/// on, and asks the store's change feed, which knows of every change.
///
/// While the store cannot be read, cached links go on being served, the program is degraded, and the feed is taken up
/// where it was left. Where that place is no longer in the feed, because the database was put back, nothing that was read
/// before is kept.
struct LinkChangeFollower: Service {
    /// The component that is not ready while changes of other processes cannot be read.
    static let component = "link-changes"
    /// Most changes read at once.
    static let pageSize = 1_000

    private let cache: LinkCache
    private let links: any LinkStore
    private let interval: Duration
    private let readiness: Readiness
    private let logger: Logger

    private struct State {
        /// Up to where the feed was read; nil before it was taken up.
        var place: Place?
        var nextRead = ContinuousClock.now
        var isFailing = false
    }

    /// A place in the feed of one database.
    private struct Place {
        let life: Int64
        var position: Int64
    }

    /// - Parameters:
    ///   - interval: How long a change of another process may go unnoticed that nobody told of.
    ///   - readiness: Must have the component ``component``.
    init(
        cache: LinkCache, links: any LinkStore, interval: Duration = .seconds(1), readiness: Readiness, logger: Logger
    ) {
        self.cache = cache
        self.links = links
        self.interval = interval
        self.readiness = readiness
        self.logger = logger
    }

    func run() async throws {
        let state = Mutex(State())
        try await PeriodicService(
            every: state.withLock(\.isFailing) ? interval : .zero,
            failure: "Changes of links cannot be read; links in memory may be out of date", logger: logger
        ) {
            let (place, nextRead) = state.withLock { state in
                state.isFailing = true
                return (state.place, state.nextRead)
            }
            if ContinuousClock.now >= nextRead {
                let next = try await reportingReadiness { try await follow(from: place) }
                state.withLock { ($0.place, $0.nextRead) = (next, .now + interval) }
            }
            let wait = state.withLock { $0.nextRead } - .now
            for code in try await links.changedLinks(within: max(.zero, wait)) { cache.invalidate(code) }
            state.withLock { $0.isFailing = false }
        }.run()
    }

    /// Reads what changed since `place` and returns the new place.
    private func follow(from place: Place?) async throws -> Place {
        let latest = try await links.latestChange()
        let life = links.databaseLife
        guard var place, place.life == life, place.position <= latest else {
            // What was read before may have changed before the feed was taken up, or is of another life of the database.
            cache.invalidateAll()
            return Place(life: life, position: latest)
        }
        while true {
            let changes = try await links.changes(after: place.position, limit: Self.pageSize)
            for change in changes { cache.invalidate(change.code) }
            place.position = changes.last?.position ?? place.position
            if changes.count < Self.pageSize { return place }
        }
    }

    private func reportingReadiness<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            let value = try await body()
            readiness.markReady(Self.component)
            return value
        } catch {
            if !Task.isCancelled {
                readiness.markNotReady(
                    Self.component, reason: "changes of links cannot be read, so old ones may be followed")
            }
            throw error
        }
    }
}
