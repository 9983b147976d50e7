import GRDB
import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrStoreSQLite

@Suite("The index of searches in SQLite") struct SQLiteSearchIndexTests {
    private func codes(_ store: SQLiteStore, _ text: String, _ index: SearchIndex) async throws -> [String] {
        try await store.read(.bulk) { database in
            try LinkPageQuery(LinkQuery(limit: 9, order: .oldest, search: text), database, index).fetch().links
                .map(\.code.text)
        }
    }

    private func isComplete(_ store: SQLiteStore) async throws -> Bool {
        try await store.read(.prompt) { try store.index.isComplete($0) }
    }

    /// Rows of the index itself, which the texts do not take part in.
    private func indexed(_ store: SQLiteStore, _ gram: String) async throws -> [Int64] {
        try await store.read(.prompt) { database in
            try Int64.fetchAll(
                database, sql: "SELECT rowid FROM link_search WHERE link_search MATCH ?", arguments: ["\"\(gram)\""])
        }
    }

    @Test("is there from the first link on, and forgets what is changed or erased")
    func kept() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try #require(store.index.isAvailable)
                #expect(try await isComplete(store))
                try await store.insert(NewLink("a", url: "https://example.com/first"))
                try await store.insertLinks("b")
                #expect(try await indexed(store, "irs") == [1])
                _ = try await store.update(try code("a"), ifVersion: nil, at: midnight) { _ in
                    LinkSettings(url: "https://example.com/second")
                }
                #expect(try await indexed(store, "irs") == [])
                #expect(try await indexed(store, "eco") == [1])
                _ = try await store.erase(try code("a"), ifVersion: nil, at: midnight)
                #expect(try await indexed(store, "eco") == [])
                #expect(try await indexed(store, "exa") == [2])
                try await store.pool.write { database in
                    try database.execute(sql: "INSERT INTO link_search (link_search) VALUES ('integrity-check')")
                }
                #expect(try await isComplete(store))
            }
        }
    }

    /// A program whose library has no FTS5 writes texts alone; the next one makes the index anew.
    @Test("is not believed once a program without it has written, and made anew")
    func forsaken() async throws {
        try await withDatabasePath { path in
            let without = SearchIndex(isAvailable: false)
            try await withSQLiteStore(path) { store in
                try await store.insert(NewLink("a", url: "https://example.com/first"))
                try await store.pool.write { database in
                    let writer = LinkWriter(database: database, codeCase: .insensitive, index: without)
                    _ = try writer.insert(NewLink("b", url: "https://example.com/second"))
                }
                #expect(try await !isComplete(store))
                for index in [store.index, without] {
                    #expect(try await codes(store, "SECOND", index) == ["b"])
                    #expect(try await codes(store, "example", index) == ["a", "b"])
                }
                #expect(try await indexed(store, "eco") == [])
            }
            try await withSQLiteStore(path) { store in
                let texts = try await isComplete(store)
                #expect(texts)
                #expect(try await indexed(store, "eco") == [2])
                #expect(try await codes(store, "second", store.index) == ["b"])
            }
        }
    }

    @Test("covers links of before it bit by bit; until then searches read all")
    func oldLinks() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                try await store.insert(NewLink("a", url: "https://xn--mnchen-3ya.de/"))
                try await store.insert(NewLink("b", url: "https://example.com/") { $0.title = "Old Title" })
                try await store.insert(NewLink("c"))
                _ = try await store.erase(try code("c"), ifVersion: nil, at: midnight)
            }
            let pool = try DatabasePool(path: path)
            try await pool.write { database in
                try database.execute(
                    sql: """
                        DROP TABLE link_search; DROP TRIGGER link_text_of_new_link; DROP TABLE link_texts;
                        PRAGMA user_version = 0; DELETE FROM grdb_migrations WHERE identifier = '14-search-texts'
                        """)
            }
            try pool.close()
            try await withSQLiteStore(path) { store in
                let texts = try await isComplete(store)
                #expect(!texts)
                #expect(try await codes(store, "old t", store.index) == ["b"])
                #expect(try await codes(store, "münchen", store.index) == [])
                #expect(try await store.makeSearchTexts(limit: 1) == 1)
                #expect(try await codes(store, "münchen", store.index) == ["a"])
                #expect(try await !isComplete(store))
                #expect(try await store.makeSearchTexts(limit: 9) == 1)
                #expect(try await store.makeSearchTexts(limit: 9) == 0)
                #expect(try await isComplete(store))
                #expect(try await indexed(store, "old") == [2])
            }
        }
    }
}
