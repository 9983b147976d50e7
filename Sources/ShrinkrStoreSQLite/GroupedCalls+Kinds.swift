import GRDB

extension GroupedCalls {
    /// Writes that share transactions: all that come while a commit waits for the disk go into the next one together.
    ///
    /// Each has a savepoint, so that it fails alone, and gets its answer after the commit. Where one of them ends the whole
    /// transaction, as a full disk does, each runs again in one of its own. Where the transaction cannot begin or be
    /// committed, all fail. Other transactions of the process have their turn in between.
    static func writes(_ pool: DatabasePool) -> GroupedCalls {
        GroupedCalls(
            take: { turn in pool.asyncWriteWithoutTransaction { turn(.success($0)) } },
            perform: { write($0, $1) })
    }

    /// Reads that share a snapshot, which is taken when they have their turn.
    static func reads(_ pool: DatabasePool) -> GroupedCalls {
        GroupedCalls(
            take: { turn in pool.asyncRead(turn) },
            perform: { calls, database in
                for call in calls { call.finish(Result { try call.body(database) }) }
            })
    }

    private static func write(_ calls: [PendingCall], _ database: Database) {
        guard calls.count > 1 else { return calls.forEach { writeAlone($0, database) } }
        var outcomes: [Result<Void, any Error>] = []
        do {
            try database.inTransaction(.immediate) {
                for call in calls { outcomes.append(try database.inOwnSavepoint(call.body)) }
                return .commit
            }
        } catch is TransactionEnded {
            return calls.forEach { writeAlone($0, database) }
        } catch {
            return calls.forEach { $0.finish(.failure(error)) }
        }
        for (call, outcome) in zip(calls, outcomes) { call.finish(outcome) }
    }

    private static func writeAlone(_ call: PendingCall, _ database: Database) {
        call.finish(
            Result {
                try database.inTransaction(.immediate) {
                    try call.body(database)
                    return .commit
                }
            })
    }
}

/// A transaction that several writes shared is gone, through the fault of one of them.
private struct TransactionEnded: Error {}

extension Database {
    /// Runs a part of a transaction of which nothing is left where it fails.
    ///
    /// - Throws: ``TransactionEnded``.
    fileprivate func inOwnSavepoint(_ body: (Database) throws -> Void) throws -> Result<Void, any Error> {
        do {
            try cachedStatement(sql: "SAVEPOINT write").execute()
            try body(self)
            try cachedStatement(sql: "RELEASE write").execute()
            return .success(())
        } catch {
            guard isInsideTransaction else { throw TransactionEnded() }
            do {
                try cachedStatement(sql: "ROLLBACK TO write").execute()
                try cachedStatement(sql: "RELEASE write").execute()
            } catch {
                throw TransactionEnded()
            }
            return .failure(error)
        }
    }
}
