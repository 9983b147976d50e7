import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Creates links: draws codes, inserts, and keeps the cache true.
struct LinkCreation: Sendable {
    /// How many codes are drawn for one link; with a space that is not nearly full, the second is needed once in years.
    static let candidates = 5

    private let links: any LinkStore
    private let cache: LinkCache
    private let generator: CodeGenerator
    private let clock: WallClock

    init(links: any LinkStore, cache: LinkCache, generator: CodeGenerator, clock: WallClock) {
        self.links = links
        self.cache = cache
        self.generator = generator
        self.clock = clock
    }

    /// Inserts links in one transaction, each failing alone.
    func create(
        _ requests: [LinkRequest], completing completion: IdempotentCompletion<[InsertOutcome]>?
    ) async throws -> [InsertOutcome] {
        let now = clock.now()
        let outcomes = try await links.insert(requests.map { newLink($0, at: now) }, completing: completion)
        for outcome in outcomes {
            guard case .created(let link, let collisions) = outcome else { continue }
            for _ in 0..<collisions { generator.recordCollision() }
            // Somebody may have asked for the code before it existed.
            cache.invalidate(link.code)
        }
        return outcomes
    }

    private func newLink(_ request: LinkRequest, at now: Timestamp) -> NewLink {
        let candidates = request.code.map { [$0] } ?? (0..<Self.candidates).map { _ in generator.next() }
        return NewLink(
            candidates: candidates, isAlias: request.code != nil, settings: request.settings, reuse: request.reuse,
            createdAt: request.createdAt ?? now, requestedAt: now)
    }
}
