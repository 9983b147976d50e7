#if PostgreSQL
import PostgreSQLClient
package import ShrinkrBase
package import ShrinkrStore

extension PostgreSQLStore: APIKeyStore {
    private static let insert = PostgreSQLStatement(
        "INSERT INTO api_keys (\(APIKeyRecord.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    private static let select = PostgreSQLStatement("SELECT \(APIKeyRecord.columns) FROM api_keys WHERE id = $1")
    private static let selectAny: PostgreSQLStatement = "SELECT true FROM api_keys LIMIT 1"
    private static let selectPage = PostgreSQLStatement(
        """
        SELECT \(APIKeyRecord.columns) FROM (
            SELECT *, (revoked_at IS NULL OR revoked_at > $1) AND (expires_at IS NULL OR expires_at > $1) AS active
            FROM api_keys) AS keys
        WHERE $2::boolean IS NULL OR (active, created_at, id) < ($2::boolean, $3::bigint, $4::text)
        ORDER BY active DESC, created_at DESC, id DESC LIMIT $5
        """)
    private static let revoke: PostgreSQLStatement =
        "UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1"
    /// Locks the rows in the order of their keys.
    private static let recordUses: PostgreSQLStatement = """
        UPDATE api_keys SET last_used_at = used.moment FROM (
            SELECT id, moment FROM api_keys JOIN unnest($1::text[], $2::bigint[]) AS used (id, moment) USING (id)
            WHERE last_used_at IS NULL OR last_used_at < moment
            ORDER BY id FOR NO KEY UPDATE OF api_keys) AS used
        WHERE api_keys.id = used.id
        """

    package func insert(_ key: APIKeyRecord, completing completion: IdempotentCompletion<Void>?) async throws {
        let values: [PostgreSQLValue] = [
            .text(key.id), .text(key.name), .text(key.scopes.text), .bytes(key.secretHash),
            .int(key.createdAt.milliseconds), .init(key.expiresAt?.milliseconds), .init(key.revokedAt?.milliseconds),
            .init(key.createdBy), .init(key.lastUsedAt?.milliseconds),
        ]
        try await write { session in
            try session.execute(Self.insert, values)
            try completion?.save((), session)
        }
    }

    package func apiKey(_ id: String) async throws -> APIKeyRecord? {
        if id.utf8.contains(0) { return nil }
        return try await query(Self.select, [.text(id)]).first.map { try APIKeyRecord($0) }
    }

    package func hasAPIKeys() async throws -> Bool {
        try await !query(Self.selectAny, []).isEmpty
    }

    package func apiKeys(_ query: APIKeyQuery) async throws -> APIKeyPage {
        // One more than asked for says whether there is another page.
        let values: [PostgreSQLValue] = [
            .int(query.asOf.milliseconds), .init(query.after?.isActive), .init(query.after?.createdAt.milliseconds),
            .init(query.after?.id), .int(Int64(min(max(0, query.limit), 1 << 20) + 1)),
        ]
        let found = try await read { session in
            try session.query(Self.selectPage, values).map { try APIKeyRecord($0) }
        }
        return APIKeyPage(found, of: query)
    }

    package func revokeAPIKey(_ id: String, at now: Timestamp) async throws -> Bool {
        if id.utf8.contains(0) { return false }
        return try await write { try $0.execute(Self.revoke, [.text(id), .int(now.milliseconds)]) == 1 }
    }

    // text: we made the identifiers.
    package func recordUses(of keys: [String: Timestamp]) async throws {
        let values: [PostgreSQLValue] = [.init(Array(keys.keys)), .init(keys.values.map(\.milliseconds))]
        try await write { try $0.execute(Self.recordUses, values) }
    }
}

extension APIKeyRecord {
    fileprivate static let columns =
        "id, name, scopes, secret_hash, created_at, expires_at, revoked_at, created_by, last_used_at"

    /// Reads a row of ``columns``.
    fileprivate init(_ row: PostgreSQLRow) throws {
        self.init(
            id: try row.text(0), name: try row.text(1), scopes: Set(text: try row.text(2)),
            secretHash: try row.bytes(3), createdAt: Timestamp(milliseconds: try row.int(4)),
            expiresAt: Timestamp(stored: try row.optionalInt(5)), revokedAt: Timestamp(stored: try row.optionalInt(6)),
            createdBy: try row.optionalText(7), lastUsedAt: Timestamp(stored: try row.optionalInt(8)))
    }
}
#endif
