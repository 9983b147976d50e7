import GRDB
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// A link, live or deleted, with its place in the order of creation.
struct LinkRow {
    let id: Int64
    var link: Link

    /// The columns that ``init(_:_:)`` reads, in its order.
    static let columns = """
        links.id, code, url, title, redirect_status, forward_query, enabled, starts_at, expires_at, maximum_visits,
        visits_used, created_at, updated_at, version, deleted_at
        """

    /// A link's clicks, which come after ``columns`` where ``clicks(_:)`` reads them.
    static let clickColumns = "people, bots, last_bucket"

    /// Reads ``clickColumns``.
    static func clicks(_ row: Row) -> LinkClicks {
        LinkClicks(people: row[15], bots: row[16], lastBucket: row[17])
    }

    /// Reads a row of ``columns`` and the link's tags.
    init(_ row: Row, _ database: Database) throws {
        id = row[0]
        guard let code = ShortCode(row[1] as String), let status = RedirectStatus(rawValue: row[4]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "link \(id) is not readable")
        }
        let settings = LinkSettings(
            url: row[2], title: row[3], tags: try Self.tags(ofLink: id, database), redirectStatus: status,
            forwardQuery: row[5], enabled: row[6], startsAt: Timestamp(stored: row[7]),
            expiresAt: Timestamp(stored: row[8]), maximumVisits: row[9])
        link = Link(
            code: code, settings: settings, visitsUsed: row[10], createdAt: Timestamp(milliseconds: row[11]),
            updatedAt: Timestamp(milliseconds: row[12]), version: row[13], deletedAt: Timestamp(stored: row[14]))
    }

    /// The live link whose code has this key (``CodeCase/key(_:)``), nil where there is none.
    static func fetch(key: ShortCode, _ database: Database) throws -> LinkRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM links WHERE folded = ? AND deleted_at IS NULL")
        return try Row.fetchOne(statement, arguments: [key.text]).map { try LinkRow($0, database) }
    }

    /// The same with its clicks.
    static func fetchCounted(key: ShortCode, _ database: Database) throws -> CountedLink? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(columns), \(clickColumns) FROM links JOIN link_clicks ON link_id = links.id
                WHERE folded = ? AND deleted_at IS NULL
                """)
        return try Row.fetchOne(statement, arguments: [key.text]).map { row in
            CountedLink(link: try LinkRow(row, database).link, clicks: clicks(row))
        }
    }

    /// The link whose code has this key that was deleted and not erased, nil where there is none.
    static func fetchDeleted(key: ShortCode, _ database: Database) throws -> LinkRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM links WHERE folded = ? AND deleted_at IS NOT NULL AND url IS NOT NULL")
        return try Row.fetchOne(statement, arguments: [key.text]).map { try LinkRow($0, database) }
    }

    /// The link with this number, live or deleted, nil where there is none or it was erased.
    static func fetch(id: Int64, _ database: Database) throws -> LinkRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM links WHERE id = ? AND url IS NOT NULL")
        return try Row.fetchOne(statement, arguments: [id]).map { try LinkRow($0, database) }
    }

    /// The code with this key that was ever issued, nil where there is none.
    static func issuedCode(key: ShortCode, _ database: Database) throws -> ShortCode? {
        let statement = try database.cachedStatement(sql: "SELECT code FROM links WHERE folded = ?")
        return try String.fetchOne(statement, arguments: [key.text]).flatMap { ShortCode($0) }
    }

    /// Whether just this code was ever issued.
    static func isIssued(_ code: ShortCode, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM links WHERE code = ?")
        return try Int.fetchOne(statement, arguments: [code.text]) != nil
    }

    private static func tags(ofLink id: Int64, _ database: Database) throws -> [String] {
        let statement = try database.cachedStatement(sql: "SELECT tag FROM link_tags WHERE link_id = ?")
        return try String.fetchAll(statement, arguments: [id])
    }
}
