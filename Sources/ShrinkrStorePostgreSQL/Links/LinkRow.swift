#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore

/// A link, live or deleted, with its place in the order of creation.
struct LinkRow: Sendable {
    let id: Int64
    var link: Link

    /// The columns that ``init(_:)`` reads, in its order.
    static let columns = """
        links.id, code, url, title, redirect_status, forward_query, enabled, starts_at, expires_at, maximum_visits,
        visits_used, created_at, updated_at, version, deleted_at,
        ARRAY(SELECT tag FROM link_tags WHERE link_id = links.id)
        """

    /// A link's clicks, which come after ``columns`` where ``clicks(_:)`` reads them.
    static let clickColumns = "people, bots, last_bucket"

    /// Reads ``clickColumns``.
    static func clicks(_ row: PostgreSQLRow) throws -> LinkClicks {
        LinkClicks(people: Int(try row.int(16)), bots: Int(try row.int(17)), lastBucket: try row.int(18))
    }

    /// Reads a row of ``columns``.
    init(_ row: PostgreSQLRow) throws {
        id = try row.int(0)
        guard let code = ShortCode(try row.text(1)), let status = RedirectStatus(rawValue: Int(try row.int(4))) else {
            throw StoreError.unavailable(reason: "the database is damaged: link \(id) is not readable")
        }
        let settings = LinkSettings(
            url: try row.text(2), title: try row.optionalText(3), tags: try row.texts(15).compactMap(\.self),
            redirectStatus: status, forwardQuery: try row.bool(5), enabled: try row.bool(6),
            startsAt: Timestamp(stored: try row.optionalInt(7)), expiresAt: Timestamp(stored: try row.optionalInt(8)),
            maximumVisits: try row.optionalInt(9).map { Int($0) })
        link = Link(
            code: code, settings: settings, visitsUsed: Int(try row.int(10)),
            createdAt: Timestamp(milliseconds: try row.int(11)), updatedAt: Timestamp(milliseconds: try row.int(12)),
            version: Int(try row.int(13)), deletedAt: Timestamp(stored: try row.optionalInt(14)))
    }

    /// Finds the live link of a code's key (``CodeCase/key(_:)``).
    static let find = PostgreSQLStatement(
        "SELECT \(columns) FROM links WHERE code_key = $1 AND deleted_at IS NULL")
    /// Finds the same with its clicks.
    static let findCounted = PostgreSQLStatement(
        """
        SELECT \(columns), \(clickColumns) FROM links JOIN link_clicks ON link_clicks.link_id = links.id
        WHERE code_key = $1 AND deleted_at IS NULL
        """)
    private static let findMany = PostgreSQLStatement(
        "SELECT \(columns) FROM links WHERE code_key = ANY ($1) AND deleted_at IS NULL")
    private static let findNotErased = PostgreSQLStatement(
        "SELECT \(columns) FROM links WHERE code_key = $1 AND url IS NOT NULL")
    private static let findByID = PostgreSQLStatement(
        "SELECT \(columns) FROM links WHERE id = ANY ($1) AND url IS NOT NULL ORDER BY id")
    private static let lockByID: PostgreSQLStatement =
        "SELECT id FROM links WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE"
    private static let lock: PostgreSQLStatement = "SELECT code FROM links WHERE code_key = $1 FOR NO KEY UPDATE"

    /// What is known of a code.
    enum Found: Sendable {
        case live(LinkRow), deleted(LinkRow)
        /// Nobody knows any more what it was.
        case erased
        case neverIssued
    }

    /// Locks the link of a code's key, and reads it as it is from then on: a statement that had to wait for the lock would
    /// see the tags of before.
    static func lock(_ key: ShortCode, _ session: PostgreSQLSession) throws -> Found {
        let results = try session.pipeline([
            PostgreSQLCall(lock, [.text(key.text)]), PostgreSQLCall(findNotErased, [.text(key.text)]),
        ])
        guard let row = try results.last?.first.map({ try LinkRow($0) }) else {
            return results.first?.isEmpty ?? true ? .neverIssued : .erased
        }
        return row.link.deletedAt == nil ? .live(row) : .deleted(row)
    }

    /// Locks links, in the order of their numbers, and reads them as they are from then on; erased ones are left out.
    static func lock(ids: [Int64], _ session: PostgreSQLSession) throws -> [LinkRow] {
        guard !ids.isEmpty else { return [] }
        let results = try session.pipeline([
            PostgreSQLCall(lockByID, [.init(ids)]), PostgreSQLCall(findByID, [.init(ids)]),
        ])
        return try results.last?.map { try LinkRow($0) } ?? []
    }

    /// The live links of these keys.
    static func live(_ keys: [ShortCode], _ session: PostgreSQLSession) throws -> [Link] {
        try session.query(findMany, [.init(keys.map(\.text))]).map { try LinkRow($0).link }
    }
}
#endif
