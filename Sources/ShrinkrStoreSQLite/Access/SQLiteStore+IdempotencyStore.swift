import FoundationEssentials
import GRDB
package import ShrinkrBase
package import ShrinkrStore

extension SQLiteStore: IdempotencyStore {
    /// Most idempotency keys that one transaction deletes. Each can have an answer as large as a batch's.
    static let forgottenAnswersAtATime = 200

    package func reserve(
        _ reservation: IdempotencyReservation, at now: Timestamp, abandonedBefore: Timestamp
    ) async throws -> ReservationOutcome {
        try await write(.shared) { database in
            let statement = try database.cachedStatement(
                sql: "SELECT fingerprint, answer, reserved_at FROM idempotency_keys WHERE key = ?")
            guard let row = try Row.fetchOne(statement, arguments: [Data(reservation.key)]) else {
                try reservation.save(at: now, database)
                return .reserved
            }
            let answer: Data? = row[1]
            if answer == nil, row[2] < abandonedBefore.milliseconds {
                try reservation.save(at: now, database)
                return .reserved
            }
            guard row[0] == Data(reservation.fingerprint) else { return .mismatch }
            return answer.map { .completed(Array($0)) } ?? .inFlight
        }
    }

    package func release(_ reservation: IdempotencyReservation) async throws {
        try await write(.shared) { try reservation.delete($0) }
    }

    /// One transaction per ``forgottenAnswersAtATime`` keys: all at once would keep every other writer waiting.
    package func forgetIdempotencyKeys(before time: Timestamp) async throws -> Int {
        var total = 0
        while true {
            let forgotten = try await write { database in
                try database.cachedStatement(
                    sql: """
                        DELETE FROM idempotency_keys WHERE rowid IN (
                            SELECT rowid FROM idempotency_keys WHERE reserved_at < ? LIMIT ?)
                        """
                ).execute(arguments: [time.milliseconds, Self.forgottenAnswersAtATime])
                return database.changesCount
            }
            total += forgotten
            if forgotten < Self.forgottenAnswersAtATime { return total }
        }
    }
}

extension IdempotencyReservation {
    /// Makes this the reservation of its key.
    fileprivate func save(at now: Timestamp, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO idempotency_keys (key, fingerprint, token, reserved_at) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [Data(key), Data(fingerprint), Data(token), now.milliseconds])
    }
}

extension IdempotentCompletion {
    /// Saves the answer for `outcome`, or gives the key back where there is none to save.
    ///
    /// - Throws: ``StoreError/reservationLost``, which rolls the transaction back, so that the effect is lost too.
    func save(_ outcome: Outcome, _ database: Database) throws {
        guard let bytes = answer(outcome) else {
            return try reservation.delete(database, orThrow: .reservationLost)
        }
        try database.cachedStatement(
            sql: "UPDATE idempotency_keys SET answer = ? WHERE key = ? AND token = ? AND answer IS NULL"
        ).execute(arguments: [Data(bytes), Data(reservation.key), Data(reservation.token)])
        guard database.changesCount == 1 else { throw StoreError.reservationLost }
    }
}

extension IdempotencyReservation {
    /// Deletes the reservation, unless it was completed or taken over: then nothing happens, or `error` is thrown.
    func delete(_ database: Database, orThrow error: StoreError? = nil) throws {
        try database.cachedStatement(
            sql: "DELETE FROM idempotency_keys WHERE key = ? AND token = ? AND answer IS NULL"
        ).execute(arguments: [Data(key), Data(token)])
        if let error, database.changesCount == 0 { throw error }
    }
}
