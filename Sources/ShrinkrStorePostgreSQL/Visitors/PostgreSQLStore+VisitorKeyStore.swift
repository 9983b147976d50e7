#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrStore

extension PostgreSQLStore: VisitorKeyStore {
    private static let insert: PostgreSQLStatement =
        "INSERT INTO visitor_keys (day, key) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    private static let select: PostgreSQLStatement = "SELECT key FROM visitor_keys WHERE day = $1"
    private static let hasOld: PostgreSQLStatement = "SELECT true FROM visitor_keys WHERE day < $1 LIMIT 1"
    private static let selectYoung: PostgreSQLStatement = "SELECT day, key FROM visitor_keys WHERE day >= $1"
    private static let lockTable: PostgreSQLStatement = "LOCK TABLE visitor_keys IN ACCESS EXCLUSIVE MODE"
    private static let empty: PostgreSQLStatement = "TRUNCATE visitor_keys"
    private static let refill: PostgreSQLStatement =
        "INSERT INTO visitor_keys (day, key) SELECT * FROM unnest($1::bigint[], $2::bytea[])"
    private static let now: PostgreSQLStatement =
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"

    package func visitorKey(ofDay day: Int64, proposal: [UInt8]) async throws -> [UInt8] {
        if let key = try await query(Self.select, [.int(day)]).first?.bytes(0) { return key }
        return try await write { session in
            try session.execute(Self.insert, [.int(day), .bytes(proposal)])
            return try session.query(Self.select, [.int(day)]).first?.bytes(0) ?? proposal
        }
    }

    /// `TRUNCATE` gives the table a new file and removes the old one when it is committed, where `DELETE` would leave the
    /// bytes of its rows for `VACUUM`. The write-ahead log has none of them, as the table is not logged.
    package func destroyVisitorKeys(beforeDay day: Int64) async throws {
        guard let now = try await query(Self.now, []).first?.int(0) else { return }
        let day = PostgreSQLValue.int(min(day, VisitorKeys.firstDay(at: Timestamp(milliseconds: now))))
        guard try await !query(Self.hasOld, [day]).isEmpty else { return }
        try await write { session in
            // The first statement: two that had read the table before could not both get it for themselves.
            try session.execute(Self.lockTable)
            let kept = try session.query(Self.selectYoung, [day]).map { (try $0.int(0), try $0.bytes(1)) }
            try session.pipeline([
                PostgreSQLCall(Self.empty),
                PostgreSQLCall(Self.refill, [.init(kept.map(\.0)), .init(kept.map(\.1))]),
            ])
        }
    }
}
#endif
