import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// What changes links within a transaction.
struct LinkWriter {
    /// Most links with one hash that are compared with a link to insert.
    static let reuseCandidates = 8

    let database: Database
    let codeCase: CodeCase
    let index: SearchIndex

    /// Inserts a link under the first of its codes that is free.
    func insert(_ new: NewLink) throws -> InsertOutcome {
        if new.reuse, let link = try reusableLink(for: new) {
            return .reused(link)
        }
        for (collisions, code) in new.candidates.enumerated() {
            let link = Link(code: code, settings: new.settings, createdAt: new.createdAt, updatedAt: new.createdAt)
            if try insert(link) {
                return .created(link, collisions: collisions)
            }
        }
        return .taken
    }

    /// Saves changed settings of a link.
    func update(_ row: LinkRow) throws {
        let settings = row.link.settings
        try database.cachedStatement(
            sql: """
                UPDATE links SET change_position = \(Self.nextPosition), url = ?, title = ?,
                    redirect_status = ?, forward_query = ?, enabled = ?, starts_at = ?, expires_at = ?, maximum_visits = ?, updated_at = ?, version = ?,
                    settings_hash = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            settings.url, settings.title, settings.redirectStatus.rawValue, settings.forwardQuery, settings.enabled,
            settings.startsAt?.milliseconds, settings.expiresAt?.milliseconds, settings.maximumVisits,
            row.link.updatedAt.milliseconds, row.link.version, settings.searchHash, row.id,
        ])
        try deleteTags(ofLink: row.id)
        try insertTags(settings.tags, ofLink: row.id)
        try index.set(row.link, id: row.id, database)
    }

    /// Marks a link as deleted.
    func delete(_ row: LinkRow, at now: Timestamp) throws {
        try database.cachedStatement(
            sql: "UPDATE links SET change_position = \(Self.nextPosition), deleted_at = ? WHERE id = ?"
        ).execute(arguments: [now.milliseconds, row.id])
    }

    /// Makes a tombstone of a link, live or deleted.
    func erase(_ row: LinkRow, at now: Timestamp) throws {
        try database.cachedStatement(
            sql: """
                UPDATE links SET change_position = \(Self.nextPosition), url = NULL, title = NULL,
                    redirect_status = 302, forward_query = 0, enabled = 1, starts_at = NULL, expires_at = NULL, maximum_visits = NULL,
                    settings_hash = 0, deleted_at = coalesce(deleted_at, ?)
                WHERE id = ?
                """
        ).execute(arguments: [now.milliseconds, row.id])
        try deleteTags(ofLink: row.id)
        try index.erase(row.id, database)
    }

    /// Saves that a deleted link is live again.
    func restore(_ row: LinkRow) throws {
        try database.cachedStatement(
            sql: """
                UPDATE links SET change_position = \(Self.nextPosition), deleted_at = NULL, updated_at = ?, version = ?
                WHERE id = ?
                """
        ).execute(arguments: [row.link.updatedAt.milliseconds, row.link.version, row.id])
    }

    /// False where the code is taken.
    private func insert(_ link: Link) throws -> Bool {
        let settings = link.settings
        try database.cachedStatement(sql: Self.insertion).execute(arguments: [
            link.code.text, codeCase.key(link.code).text, settings.url, settings.title,
            settings.redirectStatus.rawValue, settings.forwardQuery, settings.enabled,
            settings.startsAt?.milliseconds, settings.expiresAt?.milliseconds, settings.maximumVisits,
            link.createdAt.milliseconds, link.updatedAt.milliseconds, link.version, settings.searchHash,
        ])
        guard database.changesCount == 1 else { return false }
        let id = database.lastInsertedRowID
        try insertTags(settings.tags, ofLink: id)
        try index.add(link, id: id, database)
        return true
    }

    /// Looks at a few rows at most, because nobody else writes meanwhile. Of links with equal settings that have visits
    /// left, all can be followed or none, so the first decides; only links whose hashes are equal by chance or by intent
    /// make it necessary to look at another. What lies past the limit is not found, and another link is made.
    private func reusableLink(for new: NewLink) throws -> Link? {
        if new.isAlias {
            return try new.candidates.compactMap { try LinkRow.fetch(key: codeCase.key($0), database)?.link }
                .first(where: new.canReuse)
        }
        // The condition is, word for word, that of the index.
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(LinkRow.columns) FROM links
                WHERE settings_hash = ? AND deleted_at IS NULL
                    AND (maximum_visits IS NULL OR visits_used < maximum_visits)
                ORDER BY links.id LIMIT \(Self.reuseCandidates)
                """)
        let rows = try Row.fetchCursor(statement, arguments: [new.settings.searchHash])
        while let row = try rows.next() {
            let link = try LinkRow(row, database).link
            if new.canReuse(link) { return link }
        }
        return nil
    }

    /// Positions grow in the order of commits, because writing transactions take turns.
    private static let nextPosition = "(SELECT coalesce(max(change_position), 0) + 1 FROM links)"

    private static let insertion = """
        INSERT INTO links (code, folded, change_position, url, title, redirect_status, forward_query, enabled,
            starts_at, expires_at, maximum_visits, created_at, updated_at, version, settings_hash)
        VALUES (?, ?, \(nextPosition), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """

    private func insertTags(_ tags: [String], ofLink id: Int64) throws {
        for tag in tags {
            try database.cachedStatement(sql: "INSERT INTO link_tags (link_id, tag) VALUES (?, ?)")
                .execute(arguments: [id, tag])
        }
    }

    private func deleteTags(ofLink id: Int64) throws {
        try database.cachedStatement(sql: "DELETE FROM link_tags WHERE link_id = ?").execute(arguments: [id])
    }
}
