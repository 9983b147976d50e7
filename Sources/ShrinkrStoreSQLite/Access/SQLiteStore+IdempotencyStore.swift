import FoundationEssentials
import GRDB
package import ShrinkrCore
package import ShrinkrStore

extension SQLiteStore: IdempotencyStore {
    /// Most idempotency keys that one transaction deletes. Each can have an answer as large as a batch's.
    static let forgottenAnswersAtATime = 200

    package func reserve(
        _ reservation: IdempotencyReservation, at now: Timestamp, abandonedBefore: Timestamp
    ) async throws -> ReservationOutcome {
        try await write { database in
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
        try await write { try reservation.delete($0) }
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
