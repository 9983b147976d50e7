package import ShrinkrBase

/// Remembers the answers of requests that carry an `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header). Every method may throw ``StoreError``.
package protocol IdempotencyStore: Sendable {
    /// Reserves the key for a request, or says what the key already stands for.
    ///
    /// A reservation that was made before `abandonedBefore` and never completed is taken over: completion and effect are
    /// one transaction, so a request without a completion had no effect.
    func reserve(_ reservation: IdempotencyReservation, at now: Timestamp, abandonedBefore: Timestamp) async throws
        -> ReservationOutcome

    /// Gives a reservation back after a request that changed nothing.
    func release(_ reservation: IdempotencyReservation) async throws

    /// Forgets keys reserved before `time`; returns how many.
    func forgetIdempotencyKeys(before time: Timestamp) async throws -> Int
}

/// One request's claim to an idempotency key.
package struct IdempotencyReservation: Hashable, Sendable {
    /// Hash over the key and everything that gives it its scope (caller, method, path).
    package let key: [UInt8]
    /// Hash over the request's body.
    package let fingerprint: [UInt8]
    /// Random; tells this reservation from a later one of the same key.
    package let token: [UInt8]

    package init(key: [UInt8], fingerprint: [UInt8], token: [UInt8]) {
        self.key = key
        self.fingerprint = fingerprint
        self.token = token
    }
}

/// What an idempotency key stands for.
package enum ReservationOutcome: Hashable, Sendable {
    /// It was free and is now reserved.
    case reserved
    /// Another request with the key is still at work.
    case inFlight
    /// The key was used with another body.
    case mismatch
    /// The request was completed; this is what was saved.
    case completed([UInt8])
}

/// Saves a request's answer in the transaction that has its effect.
package struct IdempotentCompletion<Outcome: Sendable>: Sendable {
    package let reservation: IdempotencyReservation
    /// The bytes to save for this outcome; nil where the request changed nothing, which gives the key back.
    package let answer: @Sendable (Outcome) -> [UInt8]?

    package init(reservation: IdempotencyReservation, answer: @escaping @Sendable (Outcome) -> [UInt8]?) {
        self.reservation = reservation
        self.answer = answer
    }
}
