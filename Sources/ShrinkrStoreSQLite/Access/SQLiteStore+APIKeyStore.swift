import FoundationEssentials
import GRDB
package import ShrinkrBase
package import ShrinkrStore

extension SQLiteStore: APIKeyStore {
    package func insert(_ key: APIKeyRecord, completing completion: IdempotentCompletion<Void>?) async throws {
        try await write { database in
            try database.cachedStatement(
                sql: """
                    INSERT INTO api_keys
                        (id, name, scopes, secret_hash, created_at, expires_at, revoked_at, created_by, last_used_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                key.id, key.name, key.scopes.text, Data(key.secretHash),
                key.createdAt.milliseconds, key.expiresAt?.milliseconds, key.revokedAt?.milliseconds,
                key.createdBy, key.lastUsedAt?.milliseconds,
            ])
            try completion?.save((), database)
        }
    }

    package func apiKey(_ id: String) async throws -> APIKeyRecord? {
        try await lookUp { database in
            let statement = try database.cachedStatement(
                sql: "SELECT \(APIKeyRecord.columns) FROM api_keys WHERE id = ?")
            return try Row.fetchOne(statement, arguments: [id]).map(APIKeyRecord.init)
        }
    }

    package func hasAPIKeys() async throws -> Bool {
        try await read(.prompt) { try Int.fetchOne($0, sql: "SELECT 1 FROM api_keys LIMIT 1") != nil }
    }

    package func apiKeys(_ query: APIKeyQuery) async throws -> APIKeyPage {
        try await read(.bulk) { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(APIKeyRecord.columns) FROM (
                        SELECT *, (revoked_at IS NULL OR revoked_at > :asOf)
                            AND (expires_at IS NULL OR expires_at > :asOf) AS active FROM api_keys)
                    WHERE :active IS NULL OR (active, created_at, id) < (:active, :createdAt, :id)
                    ORDER BY active DESC, created_at DESC, id DESC LIMIT :limit
                    """)
            // One more than asked for says whether there is another page.
            let arguments: StatementArguments = [
                "asOf": query.asOf.milliseconds, "active": query.after?.isActive,
                "createdAt": query.after?.createdAt.milliseconds, "id": query.after?.id,
                "limit": min(max(0, query.limit), 1 << 20) + 1,
            ]
            return APIKeyPage(try Row.fetchAll(statement, arguments: arguments).map(APIKeyRecord.init), of: query)
        }
    }

    package func revokeAPIKey(_ id: String, at now: Timestamp) async throws -> Bool {
        try await write { database in
            try database.cachedStatement(sql: "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?")
                .execute(arguments: [now.milliseconds, id])
            return database.changesCount == 1
        }
    }

    // text: we made the identifiers.
    package func recordUses(of keys: [String: Timestamp]) async throws {
        try await write { database in
            let statement = try database.cachedStatement(
                sql: "UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, ?1), ?1) WHERE id = ?2")
            for (id, time) in keys { try statement.execute(arguments: [time.milliseconds, id]) }
        }
    }
}

extension APIKeyRecord {
    fileprivate static let columns =
        "id, name, scopes, secret_hash, created_at, expires_at, revoked_at, created_by, last_used_at"

    /// Reads a row of ``columns``. A scope that this version does not know opens nothing.
    fileprivate init(_ row: Row) {
        let secretHash: Data = row[3]
        self.init(
            id: row[0], name: row[1], scopes: Set(text: row[2]), secretHash: Array(secretHash),
            createdAt: Timestamp(milliseconds: row[4]),
            expiresAt: Timestamp(stored: row[5]), revokedAt: Timestamp(stored: row[6]),
            createdBy: row[7], lastUsedAt: Timestamp(stored: row[8]))
    }
}
