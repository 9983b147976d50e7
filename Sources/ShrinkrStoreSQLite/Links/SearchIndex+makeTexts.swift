import GRDB
import ShrinkrStore

extension SearchIndex {
    /// Makes texts of links that have none: those from before there were texts, and copied ones.
    ///
    /// - Returns: how many it has made, at most `limit`.
    func makeTexts(limit: Int, _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(LinkRow.columns) FROM link_texts CROSS JOIN links ON links.id = link_texts.link_id
                WHERE text IS NULL LIMIT ?
                """)
        let rows = try Row.fetchAll(statement, arguments: [limit]).map { try LinkRow($0, database) }
        for row in rows { try set(row.link, id: row.id, database) }
        return rows.count
    }
}
