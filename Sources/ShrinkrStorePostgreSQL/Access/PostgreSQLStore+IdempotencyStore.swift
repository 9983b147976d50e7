#if PostgreSQL
import PostgreSQLClient
package import ShrinkrBase
package import ShrinkrStore

extension PostgreSQLStore: IdempotencyStore {
    /// Most idempotency keys that one transaction deletes. Each can have an answer as large as a batch's.
    static let forgottenAnswersAtATime = 1_000

    /// Takes the key where it is free or abandoned; waits for a request that is just being completed.
    private static let reserve: PostgreSQLStatement = """
        INSERT INTO idempotency_keys AS known (key, fingerprint, token, reserved_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, token = excluded.token,
            reserved_at = excluded.reserved_at
        WHERE known.answer IS NULL AND known.reserved_at < $5
        """
    private static let find: PostgreSQLStatement = "SELECT fingerprint, answer FROM idempotency_keys WHERE key = $1"
    private static let forget: PostgreSQLStatement = """
        DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM idempotency_keys WHERE reserved_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
        """

    package func reserve(
        _ reservation: IdempotencyReservation, at now: Timestamp, abandonedBefore: Timestamp
    ) async throws -> ReservationOutcome {
        let values: [PostgreSQLValue] = [
            .bytes(reservation.key), .bytes(reservation.fingerprint), .bytes(reservation.token),
            .int(now.milliseconds), .int(abandonedBefore.milliseconds),
        ]
        return try await write { session in
            while true {
                if try session.execute(Self.reserve, values) == 1 { return .reserved }
                // A key that is given back meanwhile is free again.
                guard let row = try session.query(Self.find, [.bytes(reservation.key)]).first else { continue }
                guard try row.bytes(0) == reservation.fingerprint else { return .mismatch }
                return try row.optionalBytes(1).map { .completed($0) } ?? .inFlight
            }
        }
    }

    package func release(_ reservation: IdempotencyReservation) async throws {
        try await write { try reservation.delete($0) }
    }

    /// One transaction per ``forgottenAnswersAtATime`` keys, so that none takes long.
    package func forgetIdempotencyKeys(before time: Timestamp) async throws -> Int {
        try await deleteRows(Self.forget, [.int(time.milliseconds)], atATime: Self.forgottenAnswersAtATime)
    }
}

extension IdempotentCompletion {
    /// Saves the answer for `outcome`, or gives the key back where there is none to save. The last statement of its
    /// transaction.
    ///
    /// - Throws: ``StoreError/reservationLost``, which rolls the transaction back, so that the effect is lost too.
    func save(_ outcome: Outcome, _ session: PostgreSQLSession) throws {
        let changed =
            if let bytes = answer(outcome) {
                try session.execute(
                    .complete, [.bytes(reservation.key), .bytes(reservation.token), .bytes(bytes)])
            } else {
                try reservation.delete(session)
            }
        guard changed == 1 else { throw StoreError.reservationLost }
    }
}

extension IdempotencyReservation {
    /// Deletes the reservation, unless it was completed or taken over; returns how many that were.
    @discardableResult
    fileprivate func delete(_ session: PostgreSQLSession) throws -> Int {
        try session.execute(.release, [.bytes(key), .bytes(token)])
    }
}

extension PostgreSQLStatement {
    fileprivate static let complete: PostgreSQLStatement =
        "UPDATE idempotency_keys SET answer = $3 WHERE key = $1 AND token = $2 AND answer IS NULL"
    fileprivate static let release: PostgreSQLStatement =
        "DELETE FROM idempotency_keys WHERE key = $1 AND token = $2 AND answer IS NULL"
}
#endif
