import FoundationEssentials
import GRDB
import ShrinkrStore

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
