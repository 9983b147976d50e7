import GRDB
import ShrinkrCore
import ShrinkrStore

/// The texts of links that are searched (`link_texts`), and FTS5's index of their trigrams (`link_search`).
///
/// Whether the index says the same as the texts is in the file (`user_version`): a program whose SQLite has no FTS5 writes
/// texts alone, and the next one that has it makes the index anew. Without the index all texts are read.
///
/// The index keeps which trigrams a text has and not where, so it is small and quickly written; what it finds is compared
/// with the text.
struct SearchIndex: Sendable {
    /// Values of `user_version`.
    private static let (noIndex, indexed) = (0, 1)

    /// The text of a link, or of one from before there were texts what was searched then.
    ///
    /// - Parameter column: where the text is.
    static func text(_ column: String) -> String {
        "coalesce(\(column), lower(code || char(10) || url || char(10) || coalesce(title, '')))"
    }

    /// Whether this program's SQLite has FTS5 with its trigram tokenizer (3.34 and newer).
    let isAvailable: Bool

    /// Makes the index where it is missing or not to be trusted.
    static func open(_ pool: DatabasePool) throws -> SearchIndex {
        let (isAvailable, version) = try pool.read { database in
            (try hasTokenizer(database), try Int.fetchOne(database, sql: "PRAGMA user_version") ?? noIndex)
        }
        if version != (isAvailable ? indexed : noIndex) {
            try pool.write { isAvailable ? try make($0) : try forsake($0) }
        }
        return SearchIndex(isAvailable: isAvailable)
    }

    private static func hasTokenizer(_ database: Database) throws -> Bool {
        guard try Int.fetchOne(database, sql: "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'") != nil else {
            return false
        }
        let version = try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
        // text: SQLite's own number.
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return numbers.count > 1 && (numbers[0], numbers[1]) >= (3, 34)
    }

    private static func make(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE VIRTUAL TABLE IF NOT EXISTS link_search USING fts5(text, content = 'link_texts',
                    content_rowid = 'link_id', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0)
                """)
        // What is erased leaves nothing in the index (SQLite 3.42 and newer; others refuse the word).
        try? database.execute(sql: "INSERT INTO link_search (link_search, rank) VALUES ('secure-delete', 1)")
        try database.execute(sql: "INSERT INTO link_search (link_search) VALUES ('rebuild')")
        try database.execute(sql: "PRAGMA user_version = \(indexed)")
    }

    private static func forsake(_ database: Database) throws {
        try database.execute(sql: "PRAGMA user_version = \(noIndex)")
    }

    /// Whether what is not found in the index is in no link.
    func isComplete(_ database: Database) throws -> Bool {
        guard isAvailable, try Int.fetchOne(database.cachedStatement(sql: "PRAGMA user_version")) == Self.indexed else {
            return false
        }
        return try !hasTextsToMake(database)
    }

    func hasTextsToMake(_ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM link_texts WHERE text IS NULL LIMIT 1")
        return try Int.fetchOne(statement) != nil
    }
}

// MARK: - Writing

extension SearchIndex {
    /// Saves the text of a link.
    func set(_ link: Link, id: Int64, _ database: Database) throws {
        let text = SearchText.of(link.code, link.settings)
        if let old = try savedText(of: id, database) {
            guard !old.utf8.elementsEqual(text.utf8) else { return }
            try delete(old, of: id, database)
        }
        try save(text, of: id, database)
    }

    /// Saves the text of a link that is new.
    func add(_ link: Link, id: Int64, _ database: Database) throws {
        try save(SearchText.of(link.code, link.settings), of: id, database)
    }

    private func save(_ text: String, of id: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "UPDATE link_texts SET text = ? WHERE link_id = ?")
            .execute(arguments: [text, id])
        guard isAvailable else { return try Self.forsake(database) }
        try database.cachedStatement(sql: "INSERT INTO link_search (rowid, text) VALUES (?, ?)")
            .execute(arguments: [id, text])
    }

    /// Forgets the text of a link.
    func erase(_ id: Int64, _ database: Database) throws {
        if let old = try savedText(of: id, database) { try delete(old, of: id, database) }
        try database.cachedStatement(sql: "DELETE FROM link_texts WHERE link_id = ?").execute(arguments: [id])
    }

    private func savedText(of id: Int64, _ database: Database) throws -> String? {
        let statement = try database.cachedStatement(sql: "SELECT text FROM link_texts WHERE link_id = ?")
        return try Row.fetchOne(statement, arguments: [id])?[0]
    }

    /// - Parameter text: just the one that was indexed: what FTS5 takes out again.
    private func delete(_ text: String, of id: Int64, _ database: Database) throws {
        guard isAvailable else { return try Self.forsake(database) }
        try database.cachedStatement(sql: "INSERT INTO link_search (link_search, rowid, text) VALUES ('delete', ?, ?)")
            .execute(arguments: [id, text])
    }
}
