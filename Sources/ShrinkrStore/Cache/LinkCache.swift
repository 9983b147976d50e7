package import ShrinkrCore
import Synchronization

/// The links that redirects ask for, bounded by bytes, with entries for codes that do not exist.
///
/// An entry stays until it is evicted or ``invalidate(_:)`` is called: by this process when it changes a link, by
/// ``LinkChangeFollower`` when another one did. So a cached redirect never waits for the store, and works without it.
/// However many requests miss the same code at once, the store is read once.
package final class LinkCache: Sendable {
    /// What the cache answered a lookup with.
    package struct Counts: Hashable, Sendable {
        package var hits = 0
        /// Lookups that found nothing; a lookup that has to be made again counts again.
        package var misses = 0
        /// Reads of the store; fewer than misses where requests shared one.
        package var loads = 0
    }

    /// What the cache knows of a code.
    package enum Entry: Hashable, Sendable {
        case link(Link)
        /// There is no such link.
        case absent
    }

    /// An entry; nil where there is no such link.
    private typealias Known = FoundLink?
    private typealias Waiter = CheckedContinuation<Result<Known, any Error>, Never>

    private struct State {
        var entries: ClockCache<ShortCode, Known>
        var flights: [ShortCode: Int] = [:]
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
    package init(
        capacity: Int, codeCase: CodeCase = .insensitive, load: @escaping @Sendable (ShortCode) async throws -> Link?
    ) {
        state = Mutex(State(entries: ClockCache(capacity: capacity)))
        self.codeCase = codeCase
        self.load = load
    }

    /// The link, from the cache if it is there, else from the store; nil if there is none. Throws what the store throws.
    package func link(_ code: ShortCode) async throws -> Link? {
        try await find(code)?.link
    }

    /// The same, with the verdict that is kept beside the link.
    package func find(_ code: ShortCode) async throws -> FoundLink? {
        let code = codeCase.key(code)
        switch begin(code) {
        case .hit(let known): return known
        case .load(let flight): return try await finish(flight, code: code)
        case .wait: break
        }
        let shared = await withCheckedContinuation { join(code, $0) }
        // Who reads for all may give up for reasons of its own; one of those who waited then reads for the rest.
        if case .failure(let error) = shared, error is CancellationError { return try await find(code) }
        return try shared.get()
    }

    /// Forgets what is known of the code, also by reads that are under way.
    package func invalidate(_ code: ShortCode) {
        let code = codeCase.key(code)
        state.withLock { state in
            state.entries.remove(code)
            state.flights[code] = nil
        }
    }

    /// Forgets what is known of any code, also by reads that are under way.
    package func invalidateAll() {
        state.withLock { state in
            state.entries = ClockCache(capacity: state.entries.capacity)
            state.flights = [:]
        }
    }

    package var counts: Counts { state.withLock { $0.counts } }

    /// Bytes and entries held now.
    package var size: (bytes: Int, entries: Int) { state.withLock { ($0.entries.cost, $0.entries.count) } }

    /// The bytes that an entry is taken to need: a measured overhead, and its texts twice over, as key and in the value.
    package static func cost(of entry: Entry, code: ShortCode) -> Int {
        guard case .link(let link) = entry else { return 160 + code.text.utf8.count }
        let texts = link.settings.url.utf8.count + (link.settings.title?.utf8.count ?? 0)
        return 512 + 2 * code.text.utf8.count + texts + link.settings.tags.reduce(0) { $0 + 16 + $1.utf8.count }
    }

    private func begin(_ code: ShortCode) -> Step {
        state.withLock { state in
            if let entry = state.entries.value(for: code) {
                state.counts.hits += 1
                return .hit(entry)
            }
            state.counts.misses += 1
            guard state.flights[code] == nil else { return .wait }
            state.counts.loads += 1
            let flight = state.nextFlight
            state.nextFlight += 1
            state.flights[code] = flight
            return .load(flight: flight)
        }
    }

    /// Waits for the read that is under way, or answers at once if it has just ended.
    private func join(_ code: ShortCode, _ waiter: Waiter) {
        let answer: Result<Known, any Error>? = state.withLock { state in
            if let flight = state.flights[code] {
                state.waiters[flight, default: []].append(waiter)
                return nil
            }
            return state.entries.value(for: code).map { .success($0) } ?? .failure(CancellationError())
        }
        if let answer { waiter.resume(returning: answer) }
    }

    private func finish(_ flight: Int, code: ShortCode) async throws -> Known {
        let result: Result<Known, any Error>
        do {
            result = .success(try await load(code).map { FoundLink($0) })
        } catch {
            result = .failure(error)
        }
        let waiters = state.withLock { state in
            // A flight that was invalidated meanwhile read what is no longer true: its own waiters get it, nobody else.
            if state.flights[code] == flight {
                state.flights[code] = nil
                if case .success(let known) = result {
                    let entry = known.map { Entry.link($0.link) } ?? .absent
                    state.entries.insert(known, for: code, cost: Self.cost(of: entry, code: code))
                }
            }
            return state.waiters.removeValue(forKey: flight) ?? []
        }
        for waiter in waiters { waiter.resume(returning: result) }
        return try result.get()
    }
}
