import GRDB
import ShrinkrCore
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
        if let search = query.search {
            let pattern = "%\(search.escapedForLike)%"
            add(
                #"(code LIKE ? ESCAPE '\' OR url LIKE ? ESCAPE '\' OR title LIKE ? ESCAPE '\')"#,
                [pattern, pattern, pattern])
        }
    }

    func fetch(_ database: Database) throws -> LinkPage {
        guard query.limit > 0, !isHopeless else { return LinkPage(links: [], next: nil) }
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

    /// Whether the text is longer than all that is searched; SQLite refuses long patterns.
    private var isHopeless: Bool {
        (query.search?.utf8.count ?? 0) > DestinationURL.maximumLength
    }

    private mutating func add(_ condition: String, _ values: StatementArguments) {
        conditions.append(condition)
        arguments += values
    }
}

extension String {
    /// The text with LIKE's wildcards taken literally; LIKE itself ignores the case of ASCII letters.
    fileprivate var escapedForLike: String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if "\\%_".unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}

extension Int {
    fileprivate var saturatingSuccessor: Int { self == .max ? self : self + 1 }
}
