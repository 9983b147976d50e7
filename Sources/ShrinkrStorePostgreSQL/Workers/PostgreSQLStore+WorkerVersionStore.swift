#if PostgreSQL
import PostgreSQLClient
package import ShrinkrStore

extension PostgreSQLStore: WorkerVersionStore {
    private static let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    private static let forget = PostgreSQLStatement("DELETE FROM worker_versions WHERE expires_at <= \(now)")
    private static let announce = PostgreSQLStatement(
        """
        INSERT INTO worker_versions (worker, frame_version, expires_at) VALUES ($1, $2, \(now) + $3)
        ON CONFLICT (worker) DO UPDATE SET frame_version = excluded.frame_version, expires_at = excluded.expires_at
        """)
    private static let withdraw: PostgreSQLStatement = "DELETE FROM worker_versions WHERE worker = $1"
    private static let versions = PostgreSQLStatement(
        "SELECT frame_version::bigint FROM worker_versions WHERE expires_at > \(now) ORDER BY frame_version")
    private static let ranges: PostgreSQLStatement =
        "SELECT journal, first, last FROM ledger_ranges WHERE journal = ANY ($1) ORDER BY journal, first"
    private static let counts: PostgreSQLStatement =
        "SELECT journal, counted + orphaned - announced FROM journal_counts WHERE journal = ANY ($1)"

    package func announceWorker(_ worker: WorkerAnnouncement, for duration: Duration) async throws {
        let milliseconds = Int64(duration / .milliseconds(1))
        try await write { session in
            try session.pipeline([
                PostgreSQLCall(
                    Self.announce, [.text(worker.id), .int(Int64(worker.frameVersion)), .int(milliseconds)]),
                PostgreSQLCall(Self.forget),
            ])
        }
    }

    package func withdrawWorker(_ id: String) async throws {
        try await write { try $0.execute(Self.withdraw, [.text(id)]) }
    }

    package func workerVersions() async throws -> [Int] {
        try await query(Self.versions, []).map { Int(try $0.int(0)) }
    }

    // text: a journal's name is a UUID.
    package func counting(of journals: [String]) async throws -> [String: JournalCounting] {
        let names = PostgreSQLValue(journals)
        return try await read { session in
            let results = try session.pipeline([
                PostgreSQLCall(Self.ranges, [names]), Ledger.selectPartials(of: journals),
                PostgreSQLCall(Self.counts, [names]),
            ])
            var countings: [String: JournalCounting] = [:]  // text: a journal's name is a UUID.
            for row in results[0] {
                countings[try row.text(0), default: JournalCounting()].ranges.append(try row.int(1)...(try row.int(2)))
            }
            for (journal, frames) in try Ledger.partials(results[1]) { countings[journal]?.partialFrames = frames }
            for row in results[2] { countings[try row.text(0)]?.clicksOfStrangers = Int(try row.int(1)) }
            return countings
        }
    }
}
#endif
