import GRDB
import ShrinkrBase
import ShrinkrDestinations
import ShrinkrStore

/// Finds the links of one page.
struct LinkPageQuery {
    private let query: LinkQuery
    private let database: Database
    private let index: SearchIndex

    init(_ query: LinkQuery, _ database: Database, _ index: SearchIndex) {
        self.query = query
        self.database = database
        self.index = index
    }

    func fetch() throws -> LinkPage {
        guard query.limit > 0, !query.isHopeless(maximumLength: DestinationURL.maximumLength) else {
            return LinkPage(entries: [], next: nil)
        }
        if query.isWalkedFirst, let page = try walk() { return page }
        let grams = query.searchGrams
        if !grams.isEmpty, try index.isComplete(database) { return try page(Selection(query, .index(grams))) }
        return try page(Selection(query, query.tags.isEmpty ? .list : .tag))
    }

    /// The page, if it is found among the first links of the list.
    private func walk() throws -> LinkPage? {
        let walked = Selection(query, .walk)
        let page = try page(walked)
        if page.next != nil { return page }
        let statement = try database.cachedStatement(sql: "SELECT count(*) FROM \(walked.tables)")
        let count = try Int.fetchOne(statement, arguments: walked.tableValues) ?? 0
        return count < LinkQuery.walkedLinks ? page : nil
    }

    private func page(_ selection: Selection) throws -> LinkPage {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(LinkRow.columns), \(LinkRow.clickColumns) FROM \(selection.text)
                ORDER BY \(selection.order) LIMIT ?
                """)
        // One more than asked for says whether there is another page.
        let limit = query.limit == .max ? .max : query.limit + 1
        let entries = try Row.fetchAll(statement, arguments: selection.values + [limit]).map { row in
            let found = try LinkRow(row, database)
            return (found.id, CountedLink(link: found.link, clicks: LinkRow.clicks(row)))
        }
        return LinkPage(entries, of: query)
    }
}

/// Links in the order of a list: tables in the order in which SQLite is to read them, and conditions.
private struct Selection {
    enum Driver {
        /// The links in the list's order.
        case list
        /// The first of them, be they on the page or not.
        case walk
        /// Those that have the tag.
        case tag
        /// Those that have all grams of the text that is looked for.
        case index([String])
    }

    let tables: String
    let tableValues: StatementArguments
    let order: String
    private let query: LinkQuery
    private var conditions: [String] = []
    private var conditionValues: StatementArguments = []

    init(_ query: LinkQuery, _ driver: Driver) {
        self.query = query
        let isRanked = query.order.isRanked
        let texts = query.search == nil ? "" : " CROSS JOIN link_texts ON link_texts.link_id = links.id"
        if case .walk = driver {
            let list = Selection(query)
            let columns = "links.*, people, bots, clicks, last_bucket\(texts.isEmpty ? "" : ", text")"
            tables = """
                (SELECT \(columns) FROM \(Driver.list.tables(isRanked))\(texts)
                WHERE \(list.conditions.joined(separator: " AND ")) ORDER BY \(list.order)
                LIMIT \(LinkQuery.walkedLinks)) AS links
                """
            tableValues = list.conditionValues
        } else {
            (tables, tableValues) = (driver.tables(isRanked) + texts, [])
        }
        let id = driver.id(isRanked)
        order = Self.order(query, id)
        if case .walk = driver { conditions.append("1") } else { addPlace(id) }
        if case .index(let grams) = driver {
            // As FTS5 writes strings (https://www.sqlite.org/fts5.html#full_text_query_syntax).
            let quote = UInt8(ascii: "\"")
            let terms = grams.map { gram in
                UntrustedText(bytes: [quote] + gram.utf8.flatMap { $0 == quote ? [$0, $0] : [$0] } + [quote]).string
            }
            add("link_search MATCH ?", [terms.joined(separator: " AND ")])
        }
        if let text = query.searched {
            add(
                "instr(\(driver.isWalk ? SearchIndex.text("text") : SearchIndex.text("link_texts.text")), ?) > 0",
                [text])
        }
        // The first tag is what an index finds links by; each of the others is looked for there.
        var tags = query.tags[...]
        if case .tag = driver, let tag = tags.popFirst() { add("found.tag = ?", [tag]) }
        for tag in tags {
            add("EXISTS (SELECT 1 FROM link_tags WHERE link_id = links.id AND tag = ?)", [tag])
        }
        if let enabled = query.enabled { add("enabled = ?", [enabled]) }
        if let from = query.createdFrom { add("created_at >= ?", [from.milliseconds]) }
        if let end = query.createdBefore { add("created_at < ?", [end.milliseconds]) }
    }

    /// All links of the list that come behind the page before, without a look at texts and tags.
    private init(_ query: LinkQuery) {
        self.query = query
        (tables, tableValues) = ("", [])
        let id = Driver.list.id(query.order.isRanked)
        order = Self.order(query, id)
        addPlace(id)
    }

    /// Everything from the tables on up to the order.
    var text: String { "\(tables) WHERE \(conditions.joined(separator: " AND "))" }

    var values: StatementArguments { tableValues + conditionValues }

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
        if query.order.isRanked { conditions.append("link_clicks.deleted = \(query.deleted ? 1 : 0)") }
        guard let after = query.after else { return }
        switch query.order {
        case .newest: add("\(id) < ?", [after.id])
        case .oldest: add("\(id) > ?", [after.id])
        case .clicks: add("(clicks, \(id)) < (?, ?)", [after.rank, after.id])
        case .lastClick: add("(last_bucket, \(id)) < (?, ?)", [after.rank, after.id])
        }
    }

    private mutating func add(_ condition: String, _ values: StatementArguments) {
        conditions.append(condition)
        conditionValues += values
    }
}

extension Selection.Driver {
    fileprivate var isWalk: Bool { if case .walk = self { true } else { false } }

    /// The column with the link's number, in whose order the driving table is read.
    fileprivate func id(_ isRanked: Bool) -> String {
        switch self {
        case .walk: "links.id"
        case _ where isRanked: "link_clicks.link_id"
        case .list: "links.id"
        case .tag: "found.link_id"
        case .index: "link_search.rowid"
        }
    }

    fileprivate func tables(_ isRanked: Bool) -> String {
        let clicks = "CROSS JOIN link_clicks ON link_clicks.link_id = links.id"
        return switch self {
        case .list where isRanked: "link_clicks CROSS JOIN links ON links.id = link_clicks.link_id"
        case .list, .walk: "links \(clicks)"
        case .tag: "link_tags AS found CROSS JOIN links ON links.id = found.link_id \(clicks)"
        case .index: "link_search CROSS JOIN links ON links.id = link_search.rowid \(clicks)"
        }
    }
}
