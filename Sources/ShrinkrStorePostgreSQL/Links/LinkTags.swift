#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// Lists tags, and puts others in their place.
struct LinkTags {
    /// Steps from one tag to the next in the index, past all links that have it.
    private static let list = PostgreSQLStatement(
        """
        WITH RECURSIVE found (tag, place) AS (
            SELECT (SELECT min(tag) FROM link_tags WHERE tag > $1), 1
            UNION ALL
            SELECT (SELECT min(tag) FROM link_tags WHERE link_tags.tag > found.tag), place + 1
            FROM found WHERE found.tag IS NOT NULL AND place < $2
        )
        SELECT tag, (
            SELECT count(*) FROM (
                SELECT FROM link_tags JOIN links ON links.id = link_tags.link_id
                WHERE link_tags.tag = found.tag AND deleted_at IS NULL LIMIT \(TagQuery.countedLinks)
            ) AS counted
        ) FROM found WHERE tag IS NOT NULL ORDER BY place
        """)
    private static let some: PostgreSQLStatement =
        "SELECT link_id FROM link_tags WHERE tag = $1 ORDER BY link_id LIMIT $2"

    let session: PostgreSQLSession

    func page(_ query: TagQuery) throws -> TagPage {
        guard query.limit > 0 else { return TagPage([], of: query) }
        let limit = Int64(clamping: min(query.limit, .max - 1) + 1)
        let tags = try session.query(Self.list, [.text(query.after ?? ""), .int(limit)]).map { row in
            CountedTag(name: try row.text(0), links: Int(try row.int(1)))
        }
        return TagPage(tags, of: query)
    }

    /// Replaces a tag of some links, deleted ones included, so that it does not come back with one that is restored.
    func replace(
        _ tag: String, with other: String?, limit: Int, at now: Timestamp, writer: LinkWriter
    ) throws -> TagChange {
        let ids = try session.query(Self.some, [.text(tag), .int(Int64(limit))]).map { try $0.int(0) }
        var codes: [ShortCode] = []
        for var row in try LinkRow.lock(ids: ids, session) {
            let settings = row.link.settings.replacing(tag: tag, with: other)
            // Somebody else was first.
            if settings == row.link.settings { continue }
            row.link.settings = settings
            row.link.version += 1
            row.link.updatedAt = now
            try writer.update(row)
            codes.append(row.link.code)
        }
        return TagChange(codes: codes, isComplete: ids.count < limit)
    }
}
#endif
