import Hummingbird
import ShrinkrCore
import ShrinkrStore

/// Runs requests so that one which is sent twice has its effect once (draft-ietf-httpapi-idempotency-key-header).
struct IdempotentRequests: Sendable {
    /// After this time a reservation without an answer is taken to be that of a process that died.
    static let abandonedAfter = Duration.seconds(60)

    private let store: any IdempotencyStore
    private let clock: WallClock

    init(store: any IdempotencyStore, clock: WallClock) {
        self.store = store
        self.clock = clock
    }

    /// Answers with the saved answer if there is one, else runs `effect` and answers with what `answer` makes of it.
    ///
    /// - Parameters:
    ///   - answer: Makes the answer of an outcome; nil where nothing was changed and nothing is to be saved.
    ///   - effect: Changes the store; must hand the completion on to the transaction that does.
    ///   - fallback: The answer where `answer` gives none.
    func run<Outcome: Sendable>(
        _ key: IdempotencyKey?,
        answer: @escaping @Sendable (Outcome) -> SavedAnswer?,
        effect: (IdempotentCompletion<Outcome>?) async throws -> Outcome,
        otherwise fallback: (Outcome) throws -> Response
    ) async throws -> Response {
        if let key, let replay = try await replay(key) { return replay }
        let completion = key.map { key in
            IdempotentCompletion<Outcome>(reservation: key.reservation) { answer($0).flatMap { key.seal($0.bytes) } }
        }
        do {
            let outcome = try await effect(completion)
            return try answer(outcome)?.response(isReplay: false) ?? fallback(outcome)
        } catch {
            if let key { try? await store.release(key.reservation) }
            throw error
        }
    }

    private func replay(_ key: IdempotencyKey) async throws -> Response? {
        let now = clock.now()
        let abandonedBefore = now.advanced(by: .zero - Self.abandonedAfter)
        switch try await store.reserve(key.reservation, at: now, abandonedBefore: abandonedBefore) {
        case .reserved: return nil
        case .inFlight: throw Problem.requestInFlight
        case .mismatch: throw Problem.idempotencyKeyReused
        case .completed(let sealed):
            guard let bytes = key.open(sealed), let answer = SavedAnswer(saved: bytes) else {
                throw Problem.idempotencyKeyReused
            }
            return answer.response(isReplay: true)
        }
    }
}
