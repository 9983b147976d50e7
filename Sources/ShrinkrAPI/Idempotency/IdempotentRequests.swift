import Hummingbird
import ShrinkrBase
import ShrinkrStore
import Synchronization

/// Runs requests so that one which is sent twice has its effect once (draft-ietf-httpapi-idempotency-key-header).
struct IdempotentRequests: Sendable {
    /// After this time a reservation without an answer is taken to be that of a process that died.
    static let abandonedAfter = Duration.seconds(60)

    private let store: any IdempotencyStore
    private let clock: WallClock
    private let unreleased = UnreleasedReservations()

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
            if let key { await release(key.reservation) }
            throw error
        }
    }

    private func replay(_ key: IdempotencyKey) async throws -> Response? {
        if let reservation = unreleased.take(key.reservation.key) { await release(reservation) }
        let now = clock.now()
        let abandonedBefore = now.advanced(by: .zero - Self.abandonedAfter)
        let outcome: ReservationOutcome
        do {
            outcome = try await store.reserve(key.reservation, at: now, abandonedBefore: abandonedBefore)
        } catch {
            // A commit may have been made whose answer was lost.
            unreleased.keep(key.reservation)
            throw error
        }
        switch outcome {
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

    /// Gives a reservation back, now or, where the store cannot be written, before the key is asked for again: what made
    /// the request fail often keeps the store from this as well.
    private func release(_ reservation: IdempotencyReservation) async {
        do {
            try await store.release(reservation)
        } catch {
            unreleased.keep(reservation)
        }
    }
}

/// Reservations of failed requests that the store still holds. Those that are forgotten are taken to be abandoned in time.
private final class UnreleasedReservations: Sendable {
    private static let capacity = 10_000

    private let byKey = Mutex<[[UInt8]: IdempotencyReservation]>([:])

    func keep(_ reservation: IdempotencyReservation) {
        byKey.withLock { reservations in
            if reservations.count >= Self.capacity { reservations.removeAll() }
            reservations[reservation.key] = reservation
        }
    }

    func take(_ key: [UInt8]) -> IdempotencyReservation? {
        byKey.withLock { $0.removeValue(forKey: key) }
    }
}
