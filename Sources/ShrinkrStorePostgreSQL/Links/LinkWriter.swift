#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// What changes a link that is locked. Each change tells the others that follow changes (`NOTIFY`), when it is
/// committed.
struct LinkWriter {
    private static let update: PostgreSQLStatement = """
        UPDATE links SET change_xid = pg_current_xact_id(), url = $2, title = $3, redirect_status = $4,
            forward_query = $5, enabled = $6, starts_at = $7, expires_at = $8, maximum_visits = $9, updated_at = $10,
            version = $11, settings_hash = $12
        WHERE id = $1
        """
    private static let delete: PostgreSQLStatement =
        "UPDATE links SET change_xid = pg_current_xact_id(), deleted_at = $2 WHERE id = $1"
    private static let erase: PostgreSQLStatement = """
        UPDATE links SET change_xid = pg_current_xact_id(), url = NULL, title = NULL, redirect_status = 302,
            forward_query = false, enabled = true, starts_at = NULL, expires_at = NULL, maximum_visits = NULL,
            settings_hash = 0, deleted_at = coalesce(deleted_at, $2)
        WHERE id = $1
        """
    private static let restore: PostgreSQLStatement = """
        UPDATE links SET change_xid = pg_current_xact_id(), deleted_at = NULL, updated_at = $2, version = $3
        WHERE id = $1
        """
    private static let insertTags: PostgreSQLStatement =
        "INSERT INTO link_tags (link_id, tag) SELECT * FROM unnest($1::bigint[], $2::text[])"
    private static let deleteTags: PostgreSQLStatement = "DELETE FROM link_tags WHERE link_id = $1"
    private static let notify = PostgreSQLStatement("SELECT pg_notify('\(LinkNotices.channel)', $1)")

    let session: PostgreSQLSession
    let codeCase: CodeCase

    /// Saves changed settings of a link.
    func update(_ row: LinkRow) throws {
        let settings = row.link.settings
        let values: [PostgreSQLValue] = [
            .int(row.id), .text(settings.url), .init(settings.title), .int(Int64(settings.redirectStatus.rawValue)),
            .bool(settings.forwardQuery), .bool(settings.enabled), .init(settings.startsAt?.milliseconds),
            .init(settings.expiresAt?.milliseconds), .init(settings.maximumVisits),
            .int(row.link.updatedAt.milliseconds), .int(Int64(row.link.version)), .int(settings.searchHash),
        ]
        let tags = Array(repeating: row.id, count: settings.tags.count)
        try change(
            row,
            [
                LinkTexts.save(row), PostgreSQLCall(Self.update, values),
                PostgreSQLCall(Self.deleteTags, [.int(row.id)]),
                Self.tags(settings.tags, of: tags),
            ])
    }

    /// Marks a link as deleted.
    func delete(_ row: LinkRow, at now: Timestamp) throws {
        try change(row, [PostgreSQLCall(Self.delete, [.int(row.id), .int(now.milliseconds)])])
    }

    /// Makes a tombstone of a link, live or deleted.
    func erase(_ row: LinkRow, at now: Timestamp) throws {
        try change(
            row,
            [
                PostgreSQLCall(Self.erase, [.int(row.id), .int(now.milliseconds)]),
                PostgreSQLCall(Self.deleteTags, [.int(row.id)]),
            ])
    }

    /// Saves that a deleted link is live again.
    func restore(_ row: LinkRow) throws {
        let values: [PostgreSQLValue] = [
            .int(row.id), .int(row.link.updatedAt.milliseconds), .int(Int64(row.link.version)),
        ]
        try change(row, [LinkTexts.save(row), PostgreSQLCall(Self.restore, values)])
    }

    /// Saves tags, each of the link at the same place of `ids`.
    static func tags(_ tags: [String], of ids: [Int64]) -> PostgreSQLCall {
        PostgreSQLCall(insertTags, [.init(ids), .init(tags)])
    }

    private func change(_ row: LinkRow, _ calls: [PostgreSQLCall]) throws {
        let key = codeCase.key(row.link.code)
        try session.pipeline(calls + [PostgreSQLCall(Self.notify, [.text(key.text)])])
    }
}
#endif
