import GRDB
import ShrinkrDestinations
import ShrinkrStore

/// Finds the links of one page.
struct LinkPageQuery {
    private var conditions: [String]
    private var arguments: StatementArguments = []
    private let query: LinkQuery

    init(_ query: LinkQuery) {
        self.query = query
        // The second is the condition of an index.
        conditions = query.deleted ? ["deleted_at IS NOT NULL", "url IS NOT NULL"] : ["deleted_at IS NULL"]
        if let after = query.after {
            add(query.order == .newest ? "links.id < ?" : "links.id > ?", [after])
        }
        if let tag = query.tag {
            add("links.id IN (SELECT link_id FROM link_tags WHERE tag = ?)", [tag])
        }
        if let pattern = query.searchPattern {
            add(
                #"(code LIKE ? ESCAPE '\' OR url LIKE ? ESCAPE '\' OR title LIKE ? ESCAPE '\')"#,
                [pattern, pattern, pattern])
        }
    }

    func fetch(_ database: Database) throws -> LinkPage {
        // SQLite refuses long patterns.
        guard query.limit > 0, !query.isHopeless(maximumLength: DestinationURL.maximumLength) else {
            return LinkPage(links: [], next: nil)
        }
        let direction = query.order == .newest ? "DESC" : "ASC"
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(LinkRow.columns) FROM links WHERE \(conditions.joined(separator: " AND "))
                ORDER BY links.id \(direction) LIMIT ?
                """)
        // One more than asked for says whether there is another page.
        let rows = try Row.fetchAll(statement, arguments: arguments + [query.limit.saturatingSuccessor])
        let links = try rows.prefix(query.limit).map { try LinkRow($0, database) }
        return LinkPage(links: links.map(\.link), next: rows.count > query.limit ? links.last?.id : nil)
    }

    private mutating func add(_ condition: String, _ values: StatementArguments) {
        conditions.append(condition)
        arguments += values
    }
}

extension Int {
    fileprivate var saturatingSuccessor: Int { self == .max ? self : self + 1 }
}
