import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Lists tags, and puts others in their place.
struct LinkTags {
    let database: Database

    func page(_ query: TagQuery) throws -> TagPage {
        guard query.limit > 0 else { return TagPage([], of: query) }
        // Steps from one tag to the next in the index, past all links that have it.
        let statement = try database.cachedStatement(
            sql: """
                WITH RECURSIVE found (tag) AS (
                    SELECT min(tag) FROM link_tags WHERE tag > ?
                    UNION ALL
                    SELECT (SELECT min(tag) FROM link_tags WHERE link_tags.tag > found.tag)
                    FROM found WHERE found.tag IS NOT NULL
                    LIMIT ?
                )
                SELECT tag, (
                    SELECT count(*) FROM (
                        SELECT 1 FROM link_tags CROSS JOIN links ON links.id = link_tags.link_id
                        WHERE link_tags.tag = found.tag AND deleted_at IS NULL LIMIT \(TagQuery.countedLinks)
                    )
                ) FROM found WHERE tag IS NOT NULL
                """)
        let limit = query.limit == .max ? .max : query.limit + 1
        let tags = try Row.fetchAll(statement, arguments: [query.after ?? "", limit]).map { row in
            CountedTag(name: row[0], links: row[1])
        }
        return TagPage(tags, of: query)
    }

    /// Replaces a tag of some links, deleted ones included, so that it does not come back with one that is restored.
    func replace(
        _ tag: String, with other: String?, limit: Int, at now: Timestamp, writer: LinkWriter
    ) throws -> TagChange {
        let statement = try database.cachedStatement(
            sql: "SELECT link_id FROM link_tags WHERE tag = ? ORDER BY link_id LIMIT ?")
        let ids = try Int64.fetchAll(statement, arguments: [tag, limit])
        let codes = try ids.compactMap { id -> ShortCode? in
            guard var row = try LinkRow.fetch(id: id, database) else { return nil }
            row.link.settings = row.link.settings.replacing(tag: tag, with: other)
            row.link.version += 1
            row.link.updatedAt = now
            try writer.update(row)
            return row.link.code
        }
        return TagChange(codes: codes, isComplete: ids.count < limit)
    }
}
