import FoundationEssentials
import GRDB
import ShrinkrBase
import ShrinkrStore

extension SQLiteStore: VisitorKeyStore {
    package func visitorKey(ofDay day: Int64, proposal: [UInt8]) async throws -> [UInt8] {
        try await write { database in
            try database.cachedStatement(
                sql: "INSERT INTO visitor_keys (day, key) VALUES (?, ?) ON CONFLICT DO NOTHING"
            )
            .execute(arguments: [day, Data(proposal)])
            let statement = try database.cachedStatement(sql: "SELECT key FROM visitor_keys WHERE day = ?")
            return try Data.fetchOne(statement, arguments: [day]).map(Array.init) ?? proposal
        }
    }

    /// With `PRAGMA secure_delete` the deleted bytes are zeros in the page that is written; the page as it was before
    /// lies in the write-ahead log until that is emptied (https://www.sqlite.org/pragma.html#pragma_secure_delete,
    /// https://www.sqlite.org/wal.html#the_wal_file).
    package func destroyVisitorKeys(beforeDay day: Int64) async throws {
        let now = SQLiteFile.now(at: pool.path) ?? WallClock.system.now()
        let day = min(day, VisitorKeys.firstDay(at: now))
        try await write { database in
            try database.cachedStatement(sql: "DELETE FROM visitor_keys WHERE day < ?").execute(arguments: [day])
        }
        try await emptyLog()
    }
}
