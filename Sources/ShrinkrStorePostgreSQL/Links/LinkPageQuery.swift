#if PostgreSQL
import PostgreSQLClient
import ShrinkrDestinations
import ShrinkrStore

/// Finds the links of one page.
struct LinkPageQuery: Sendable {
    private let query: LinkQuery
    private var conditions: [String]
    private var values: [PostgreSQLValue] = []

    init(_ query: LinkQuery) {
        self.query = query
        // The second is the condition of an index.
        conditions = query.deleted ? ["deleted_at IS NOT NULL", "url IS NOT NULL"] : ["deleted_at IS NULL"]
        if let after = query.after { add("\(place) \(query.order == .newest ? "<" : ">") $n", .int(after)) }
        if let tag = query.tag { add("tag = $n", .text(tag)) }
        if let pattern = query.searchPattern {
            // With COLLATE "C", `lower` changes ASCII letters alone.
            let matches = ["code", "url", "title"].map {
                #"lower(\#($0)) LIKE lower($n COLLATE "C") ESCAPE '\'"#
            }
            add("(\(matches.joined(separator: " OR ")))", .text(pattern))
        }
    }

    func fetch(_ session: PostgreSQLSession) throws -> LinkPage {
        guard query.limit > 0, !isHopeless else { return LinkPage(links: [], next: nil) }
        // One more than asked for says whether there is another page.
        let limit = Int64(clamping: min(query.limit, .max - 1) + 1)
        let statement = PostgreSQLStatement(
            """
            SELECT \(LinkRow.columns) FROM \(tables) WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(place) \(query.order == .newest ? "DESC" : "ASC") LIMIT $\(values.count + 1)
            """)
        let rows = try session.query(statement, values + [.int(limit)])
        let links = try rows.prefix(query.limit).map { try LinkRow($0) }
        return LinkPage(links: links.map(\.link), next: rows.count > query.limit ? links.last?.id : nil)
    }

    /// Links with a tag are found in their order by the tag's index.
    private var tables: String {
        query.tag == nil ? "links" : "link_tags AS found JOIN links ON links.id = found.link_id"
    }

    private var place: String { query.tag == nil ? "links.id" : "found.link_id" }

    /// Whether no link can have such a text.
    private var isHopeless: Bool {
        query.isHopeless(maximumLength: DestinationURL.maximumLength)
            || [query.search, query.tag].contains { $0?.utf8.contains(0) ?? false }
    }

    /// - Parameter condition: has `$n` in place of the value.
    private mutating func add(_ condition: String, _ value: PostgreSQLValue) {
        values.append(value)
        // text: our own SQL.
        let parts = condition.split(separator: "$n", omittingEmptySubsequences: false)
        conditions.append(parts.joined(separator: "$\(values.count)"))
    }
}
#endif
