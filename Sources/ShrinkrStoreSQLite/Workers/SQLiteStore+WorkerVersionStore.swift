import GRDB
import ShrinkrBase
package import ShrinkrStore

extension SQLiteStore: WorkerVersionStore {
    /// The time by the clock of the machine, whatever this process takes for the time.
    private var now: Int64 { (SQLiteFile.now(at: pool.path) ?? WallClock.system.now()).milliseconds }

    package func announceWorker(_ worker: WorkerAnnouncement, for duration: Duration) async throws {
        let now = now
        let end = Timestamp(milliseconds: now).advanced(by: duration).milliseconds
        try await write { database in
            try database.cachedStatement(sql: "DELETE FROM worker_versions WHERE expires_at <= ?")
                .execute(arguments: [now])
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO worker_versions (worker, frame_version, expires_at) VALUES (?, ?, ?)"
            ).execute(arguments: [worker.id, worker.frameVersion, end])
        }
    }

    package func withdrawWorker(_ id: String) async throws {
        try await write { database in
            try database.cachedStatement(sql: "DELETE FROM worker_versions WHERE worker = ?").execute(arguments: [id])
        }
    }

    package func workerVersions() async throws -> [Int] {
        let now = now
        return try await read(.prompt) { database in
            let statement = try database.cachedStatement(
                sql: "SELECT frame_version FROM worker_versions WHERE expires_at > ? ORDER BY frame_version")
            return try Int.fetchAll(statement, arguments: [now])
        }
    }

    // text: a journal's name is a UUID.
    package func counting(of journals: [String]) async throws -> [String: JournalCounting] {
        try await read(.prompt) { database in
            var countings: [String: JournalCounting] = [:]  // text: a journal's name is a UUID.
            for journal in journals { countings[journal] = try Ledger(database: database).counting(of: journal) }
            return countings
        }
    }
}
