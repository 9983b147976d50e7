package import ShrinkrBase
package import ShrinkrStore

extension MemoryStore: IdempotencyStore {
    package func reserve(
        _ reservation: IdempotencyReservation, at now: Timestamp, abandonedBefore: Timestamp
    ) -> ReservationOutcome {
        guard let stored = idempotencyKeys[reservation.key],
            stored.answer != nil || stored.reservedAt >= abandonedBefore
        else {
            idempotencyKeys[reservation.key] = StoredReservation(reservation: reservation, reservedAt: now)
            return .reserved
        }
        guard stored.reservation.fingerprint == reservation.fingerprint else { return .mismatch }
        return stored.answer.map { .completed($0) } ?? .inFlight
    }

    package func release(_ reservation: IdempotencyReservation) {
        if isOpen(reservation) { idempotencyKeys[reservation.key] = nil }
    }

    package func forgetIdempotencyKeys(before time: Timestamp) -> Int {
        let kept = idempotencyKeys.filter { $0.value.reservedAt >= time }
        defer { idempotencyKeys = kept }
        return idempotencyKeys.count - kept.count
    }

    /// Comes before the effect, so that nothing has to be undone.
    func requireReservation<Outcome>(of completion: IdempotentCompletion<Outcome>?) throws(StoreError) {
        guard let completion, !isOpen(completion.reservation) else { return }
        throw .reservationLost
    }

    func save<Outcome>(_ outcome: Outcome, completing completion: IdempotentCompletion<Outcome>?) {
        guard let completion else { return }
        if let answer = completion.answer(outcome) {
            idempotencyKeys[completion.reservation.key]?.answer = answer
        } else {
            idempotencyKeys[completion.reservation.key] = nil
        }
    }

    private func isOpen(_ reservation: IdempotencyReservation) -> Bool {
        guard let stored = idempotencyKeys[reservation.key] else { return false }
        return stored.reservation.token == reservation.token && stored.answer == nil
    }
}

extension MemoryStore: APIKeyStore {
    package func insert(_ key: APIKeyRecord, completing completion: IdempotentCompletion<Void>?) throws {
        try requireReservation(of: completion)
        guard apiKeys[key.id] == nil else { throw StoreError.unavailable(reason: "the key's identifier is taken") }
        apiKeys[key.id] = key
        save((), completing: completion)
    }

    package func apiKey(_ id: String) -> APIKeyRecord? { apiKeys[id] }

    package func hasAPIKeys() -> Bool { !apiKeys.isEmpty }

    package func apiKeys(_ query: APIKeyQuery) -> APIKeyPage {
        func position(_ key: APIKeyRecord) -> APIKeyQuery.Position { .init(key, asOf: query.asOf) }
        let sorted = apiKeys.values.sorted { position($0).precedes(position($1)) }
        let rest = sorted.filter { key in query.after.map { $0.precedes(position(key)) } ?? true }
        return APIKeyPage(rest, of: query)
    }

    package func revokeAPIKey(_ id: String, at now: Timestamp) -> Bool {
        guard let key = apiKeys[id] else { return false }
        apiKeys[id]?.revokedAt = key.revokedAt ?? now
        return true
    }

    package func recordUses(of keys: [String: Timestamp]) {
        for (id, time) in keys {
            let known = apiKeys[id]?.lastUsedAt ?? time
            apiKeys[id]?.lastUsedAt = max(time, known)
        }
    }
}
