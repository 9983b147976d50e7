#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrDestinations
import ShrinkrStore

/// Finds the links of one page.
struct LinkPageQuery: Sendable {
    private let query: LinkQuery

    init(_ query: LinkQuery) {
        self.query = query
    }

    func fetch(_ session: PostgreSQLSession) throws -> LinkPage {
        guard query.limit > 0, !isHopeless else { return LinkPage(entries: [], next: nil) }
        if query.search != nil || query.isWalkedFirst, let page = try walk(session) { return page }
        if !query.searchGrams.isEmpty, try !LinkTexts.areToMake(session) {
            return try page(Selection(query, .texts), session)
        }
        return try page(Selection(query, query.tags.isEmpty ? .list : .tag), session)
    }

    /// Whether no link can have such a text.
    private var isHopeless: Bool {
        query.isHopeless(maximumLength: DestinationURL.maximumLength)
            || (query.tags + [query.search ?? ""]).contains { $0.utf8.contains(0) }
    }

    /// The page, if it is found among the first links of the list.
    private func walk(_ session: PostgreSQLSession) throws -> LinkPage? {
        let walked = Selection(query, .walk)
        let page = try page(walked, session)
        if page.next != nil { return page }
        let statement = Self.statement("SELECT count(*) FROM \(walked.tables)")
        let count = try session.query(statement, walked.tableValues).first?.int(0) ?? 0
        return count < Int64(LinkQuery.walkedLinks) ? page : nil
    }

    private func page(_ selection: Selection, _ session: PostgreSQLSession) throws -> LinkPage {
        let statement = Self.statement(
            """
            SELECT \(LinkRow.columns), \(LinkRow.clickColumns) FROM \(selection.text)
            ORDER BY \(selection.order) LIMIT $n
            """)
        // One more than asked for says whether there is another page.
        let limit = Int64(clamping: min(query.limit, .max - 1) + 1)
        let entries = try session.query(statement, selection.values + [.int(limit)]).map { row in
            let found = try LinkRow(row)
            return (found.id, CountedLink(link: found.link, clicks: try LinkRow.clicks(row)))
        }
        return LinkPage(entries, of: query)
    }

    /// - Parameter sql: has `$n` in the place of each value.
    private static func statement(_ sql: String) -> PostgreSQLStatement {
        // text: our own SQL.
        let parts = sql.split(separator: "$n", omittingEmptySubsequences: false)
        let numbered = parts.enumerated().map { index, part in index == 0 ? String(part) : "$\(index)\(part)" }
        return PostgreSQLStatement(numbered.joined())
    }
}

/// Links in the order of a list: tables and conditions, with `$n` in the place of each value.
private struct Selection {
    enum Driver {
        /// The links in the list's order.
        case list
        /// The first of them, be they on the page or not.
        case walk
        /// Those that have the tag.
        case tag
        /// Those that have the text that is looked for, by the index of texts where there is one.
        case texts
    }

    let tables: String
    let tableValues: [PostgreSQLValue]
    let order: String
    private let query: LinkQuery
    private var conditions: [String] = []
    private var conditionValues: [PostgreSQLValue] = []

    init(_ query: LinkQuery, _ driver: Driver) {
        self.query = query
        let clicks = "JOIN link_clicks ON link_clicks.link_id = links.id"
        let texts = query.search == nil ? "" : " JOIN link_texts ON link_texts.link_id = links.id"
        let found = "AS found JOIN links ON links.id = found.link_id \(clicks)"
        var isOfTexts = texts.isEmpty
        switch driver {
        case .list: (tables, tableValues) = ("links \(clicks)\(texts)", [])
        case .walk:
            let list = Selection(query)
            let columns = "links.*, people, bots, clicks, last_bucket\(texts.isEmpty ? "" : ", text")"
            tables = """
                (SELECT \(columns) FROM links \(clicks)\(texts) WHERE \(list.conditions.joined(separator: " AND "))
                ORDER BY \(list.order) LIMIT \(LinkQuery.walkedLinks)) AS links
                """
            tableValues = list.conditionValues
        case .tag: (tables, tableValues) = ("link_tags \(found)\(texts)", [])
        case .texts:
            // With OFFSET the texts are looked at first, whatever the planner expects of them.
            tables = "(SELECT link_id FROM link_texts WHERE text LIKE $n ESCAPE '\\' OFFSET 0) \(found)"
            tableValues = [.text(query.searchPattern ?? "")]
            isOfTexts = true
        }
        let id = driver.id(isRanked: query.order.isRanked)
        order = Self.order(query, id)
        if driver == .walk { conditions.append("true") } else { addPlace(id) }
        if !isOfTexts { add("\(LinkTexts.text) LIKE $n ESCAPE '\\'", [.text(query.searchPattern ?? "")]) }
        // The first tag is what an index finds links by; each of the others is looked for there.
        var tags = query.tags[...]
        if driver == .tag, let tag = tags.popFirst() { add("found.tag = $n", [.text(tag)]) }
        for tag in tags {
            add("EXISTS (SELECT FROM link_tags WHERE link_id = links.id AND tag = $n)", [.text(tag)])
        }
        if let enabled = query.enabled { add("enabled = $n", [.bool(enabled)]) }
        if let from = query.createdFrom { add("created_at >= $n", [.int(from.milliseconds)]) }
        if let end = query.createdBefore { add("created_at < $n", [.int(end.milliseconds)]) }
    }

    /// All links of the list that come behind the page before, without a look at texts and tags.
    private init(_ query: LinkQuery) {
        self.query = query
        (tables, tableValues) = ("", [])
        let id = Driver.list.id(isRanked: query.order.isRanked)
        order = Self.order(query, id)
        addPlace(id)
    }

    /// Everything from the tables on up to the order.
    var text: String { "\(tables) WHERE \(conditions.joined(separator: " AND "))" }

    var values: [PostgreSQLValue] { tableValues + conditionValues }

    private static func order(_ query: LinkQuery, _ id: String) -> String {
        switch query.order {
        case .newest: "\(id) DESC"
        case .oldest: id
        case .clicks: "clicks DESC, \(id) DESC"
        case .lastClick: "last_bucket DESC, \(id) DESC"
        }
    }

    private mutating func addPlace(_ id: String) {
        // The second is the condition of an index, and the third the beginning of others.
        conditions += query.deleted ? ["deleted_at IS NOT NULL", "url IS NOT NULL"] : ["deleted_at IS NULL"]
        if query.order.isRanked { conditions.append(query.deleted ? "link_clicks.deleted" : "NOT link_clicks.deleted") }
        guard let after = query.after else { return }
        switch query.order {
        case .newest: add("\(id) < $n", [.int(after.id)])
        case .oldest: add("\(id) > $n", [.int(after.id)])
        case .clicks: add("(clicks, \(id)) < ($n, $n)", [.int(after.rank), .int(after.id)])
        case .lastClick: add("(last_bucket, \(id)) < ($n, $n)", [.int(after.rank), .int(after.id)])
        }
    }

    private mutating func add(_ condition: String, _ values: [PostgreSQLValue]) {
        conditions.append(condition)
        conditionValues += values
    }
}

extension Selection.Driver {
    /// The column with the link's number, in whose order the driving table is read.
    fileprivate func id(isRanked: Bool) -> String {
        switch self {
        case .walk: "links.id"
        case .list: isRanked ? "link_clicks.link_id" : "links.id"
        case .tag, .texts: isRanked ? "link_clicks.link_id" : "found.link_id"
        }
    }
}
#endif
