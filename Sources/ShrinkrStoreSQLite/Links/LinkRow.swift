import GRDB
import ShrinkrCore

/// A link, live or deleted, with its place in the order of creation.
struct LinkRow {
    let id: Int64
    var link: Link

    /// The columns that ``init(_:_:)`` reads, in its order.
    static let columns = """
        links.id, code, url, title, redirect_status, forward_query, enabled, starts_at, expires_at, maximum_visits,
        visits_used, created_at, updated_at, version, deleted_at
        """

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

    /// The live link with this code, nil where there is none.
    static func fetch(_ code: ShortCode, _ database: Database) throws -> LinkRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM links WHERE code = ? AND deleted_at IS NULL")
        return try Row.fetchOne(statement, arguments: [code.text]).map { try LinkRow($0, database) }
    }

    /// The link with this code that was deleted and not erased, nil where there is none.
    static func fetchDeleted(_ code: ShortCode, _ database: Database) throws -> LinkRow? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM links WHERE code = ? AND deleted_at IS NOT NULL AND url IS NOT NULL")
        return try Row.fetchOne(statement, arguments: [code.text]).map { try LinkRow($0, database) }
    }

    /// Whether the code was ever issued.
    static func isIssued(_ code: ShortCode, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM links WHERE code = ?")
        return try Int.fetchOne(statement, arguments: [code.text]) != nil
    }

    private static func tags(ofLink id: Int64, _ database: Database) throws -> [String] {
        let statement = try database.cachedStatement(sql: "SELECT tag FROM link_tags WHERE link_id = ?")
        return try String.fetchAll(statement, arguments: [id])
    }
}

extension Timestamp {
    /// The instant of a column that may be NULL.
    init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
