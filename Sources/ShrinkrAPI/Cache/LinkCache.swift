import ShrinkrCore
import Synchronization

/// The links that redirects ask for, bounded by bytes, with entries for codes that do not exist.
///
/// An entry stays until it is evicted or ``invalidate(_:)`` is called: by this process when it changes a link, by
/// ``LinkChangeFollower`` when another one did. So a cached redirect never waits for the store, and works without it.
/// However many requests miss the same code at once, the store is read once.
final class LinkCache: Sendable {
    /// What the cache answered a lookup with.
    struct Counts: Hashable, Sendable {
        var hits = 0
        /// Lookups that found nothing; a lookup that has to be made again counts again.
        var misses = 0
        /// Reads of the store; fewer than misses where requests shared one.
        var loads = 0
    }

    /// What the cache knows of a code.
    enum Entry: Hashable, Sendable {
        case link(Link)
        /// There is no such link.
        case absent
    }

    /// An entry; nil where there is no such link.
    private typealias Known = FoundLink?
    private typealias Waiter = CheckedContinuation<Result<Known, any Error>, Never>

    private struct State {
        var entries: ClockCache<CodeKey, Known>
        var flights: [CodeKey: Int] = [:]
        var waiters: [Int: [Waiter]] = [:]
        var nextFlight = 0
        var counts = Counts()
    }

    private enum Step {
        case hit(Known)
        case load(flight: Int)
        case wait
    }

    private let state: Mutex<State>
    private let codeCase: CodeCase
    private let load: @Sendable (ShortCode) async throws -> Link?

    /// - Parameters:
    ///   - capacity: Most bytes of all entries, by ``cost(of:)``.
    ///   - codeCase: The rule of the store (``LinkStore/codeCase``): what is one code there has one entry here.
    ///   - load: Reads a link from the store.
    init(
        capacity: Int, codeCase: CodeCase = .insensitive, load: @escaping @Sendable (ShortCode) async throws -> Link?
    ) {
        state = Mutex(State(entries: ClockCache(capacity: capacity)))
        self.codeCase = codeCase
        self.load = load
    }

    /// The link, from the cache if it is there, else from the store; nil if there is none. Throws what the store throws.
    func link(_ code: ShortCode) async throws -> Link? {
        try await find(code)?.link
    }

    /// The same, with the verdict that is kept beside the link.
    func find(_ code: ShortCode) async throws -> FoundLink? {
        let key = CodeKey(code, rule: codeCase)
        switch begin(key) {
        case .hit(let known): return known
        case .load(let flight): return try await finish(flight, code: codeCase.key(code), key: key)
        case .wait: break
        }
        let shared = await withCheckedContinuation { join(key, $0) }
        // Who reads for all may give up for reasons of its own; one of those who waited then reads for the rest.
        if case .failure(let error) = shared, error is CancellationError { return try await find(code) }
        return try shared.get()
    }

    /// The link that is in the cache under a code, if it is one that `isWanted` says yes to; nil also where the store would
    /// have to be asked. Counts as a hit where there is one, and as nothing else.
    func present(_ code: UnsafeRawBufferPointer, where isWanted: (FoundLink) -> Bool) -> FoundLink? {
        let key = CodeKey(code, rule: codeCase)
        return state.withLock { state in
            guard case .some(.some(let found)) = state.entries.value(for: key), isWanted(found) else { return nil }
            state.counts.hits += 1
            return found
        }
    }

    /// Forgets what is known of the code, also by reads that are under way.
    func invalidate(_ code: ShortCode) {
        let key = CodeKey(code, rule: codeCase)
        state.withLock { state in
            state.entries.remove(key)
            state.flights[key] = nil
        }
    }

    /// Forgets what is known of any code, also by reads that are under way.
    func invalidateAll() {
        state.withLock { state in
            state.entries = ClockCache(capacity: state.entries.capacity)
            state.flights = [:]
        }
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Bytes and entries held now.
    var size: (bytes: Int, entries: Int) { state.withLock { ($0.entries.cost, $0.entries.count) } }

    /// The bytes that an entry is taken to need: a measured overhead, and its texts twice over, as key and in the value.
    static func cost(of entry: Entry, code: ShortCode) -> Int {
        guard case .link(let link) = entry else { return 160 + code.text.utf8.count }
        let texts = link.settings.url.utf8.count + (link.settings.title?.utf8.count ?? 0)
        return 512 + 2 * code.text.utf8.count + texts + link.settings.tags.reduce(0) { $0 + 16 + $1.utf8.count }
    }

    private func begin(_ key: CodeKey) -> Step {
        state.withLock { state in
            if let entry = state.entries.value(for: key) {
                state.counts.hits += 1
                return .hit(entry)
            }
            state.counts.misses += 1
            guard state.flights[key] == nil else { return .wait }
            state.counts.loads += 1
            let flight = state.nextFlight
            state.nextFlight += 1
            state.flights[key] = flight
            return .load(flight: flight)
        }
    }

    /// Waits for the read that is under way, or answers at once if it has just ended.
    private func join(_ key: CodeKey, _ waiter: Waiter) {
        let answer: Result<Known, any Error>? = state.withLock { state in
            if let flight = state.flights[key] {
                state.waiters[flight, default: []].append(waiter)
                return nil
            }
            return state.entries.value(for: key).map { .success($0) } ?? .failure(CancellationError())
        }
        if let answer { waiter.resume(returning: answer) }
    }

    private func finish(_ flight: Int, code: ShortCode, key: CodeKey) async throws -> Known {
        let result: Result<Known, any Error>
        do {
            result = .success(try await load(code).map { FoundLink($0) })
        } catch {
            result = .failure(error)
        }
        let waiters = state.withLock { state in
            // A flight that was invalidated meanwhile read what is no longer true: its own waiters get it, nobody else.
            if state.flights[key] == flight {
                state.flights[key] = nil
                if case .success(let known) = result {
                    let entry = known.map { Entry.link($0.link) } ?? .absent
                    state.entries.insert(known, for: key, cost: Self.cost(of: entry, code: code))
                }
            }
            return state.waiters.removeValue(forKey: flight) ?? []
        }
        for waiter in waiters { waiter.resume(returning: result) }
        return try result.get()
    }
}
