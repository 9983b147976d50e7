import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

extension SchemaMigrator {
    /// Migration: titles, tags and names of keys are in Unicode's Normalisation Form C, as what is written since then.
    /// So SQL, which compares bytes, finds what people mean.
    @Sendable static func normaliseText(_ database: Database) throws {
        // ASCII text is in that form, and most text is ASCII.
        let other = "GLOB '*[^' || char(1) || '-' || char(127) || ']*'"
        let links = try Int64.fetchAll(
            database,
            sql: """
                SELECT id FROM links WHERE title \(other)
                UNION SELECT link_id FROM link_tags WHERE tag \(other)
                """)
        for id in links { try normaliseLink(id, database) }
        let keys = try Row.fetchAll(database, sql: "SELECT id, name FROM api_keys WHERE name \(other)")
        for key in keys {
            try database.execute(
                sql: "UPDATE api_keys SET name = ? WHERE id = ?",
                arguments: [normalised(key[1]), key[0] as String])
        }
    }

    private static func normaliseLink(_ id: Int64, _ database: Database) throws {
        let found = try Row.fetchOne(
            database,
            sql: """
                SELECT url, title, redirect_status, forward_query, enabled, starts_at, expires_at, maximum_visits
                FROM links WHERE id = ? AND deleted_at IS NULL
                """, arguments: [id])
        guard let row = found, let status = RedirectStatus(rawValue: row[2]) else { return }
        let tags = try String.fetchAll(database, sql: "SELECT tag FROM link_tags WHERE link_id = ?", arguments: [id])
        let settings = LinkSettings(
            url: row[0], title: (row[1] as String?).map(normalised), tags: tags.map(normalised),
            redirectStatus: status, forwardQuery: row[3], enabled: row[4], startsAt: Timestamp(stored: row[5]),
            expiresAt: Timestamp(stored: row[6]), maximumVisits: row[7])
        try database.execute(
            sql: "UPDATE links SET title = ?, settings_hash = ? WHERE id = ?",
            arguments: [settings.title, settings.searchHash, id])
        try database.execute(sql: "DELETE FROM link_tags WHERE link_id = ?", arguments: [id])
        for tag in settings.tags {
            try database.execute(sql: "INSERT INTO link_tags (link_id, tag) VALUES (?, ?)", arguments: [id, tag])
        }
    }

    private static func normalised(_ text: String) -> String { UntrustedText(text).normalised.string }
}
