#if PostgreSQL
import Logging
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("Notices of changed links", .timeLimit(.minutes(10))) struct LinkNoticesTests {
    @Test("come for changes, deletions, erasures and restorations, by the key of the code")
    func changes() async throws {
        try await withTwoStores { one, other in
            try await one.insertLinks("Aa", "bb", "cc")
            try await listening(other, toldBy: one)
            _ = try await one.update(try code("aA"), ifVersion: nil, at: midnight) { _ in
                LinkSettings(url: "https://x/")
            }
            #expect(try await told(other) == ["aa"])
            _ = try await one.delete(try code("bb"), ifVersion: nil, at: midnight)
            #expect(try await told(other) == ["bb"])
            _ = try await one.restore(try code("bb"), ifVersion: nil, at: midnight, completing: nil)
            #expect(try await told(other) == ["bb"])
            _ = try await one.erase(try code("cc"), ifVersion: nil, at: midnight)
            #expect(try await told(other) == ["cc"])
        }
    }

    @Test("do not come for what changed nothing")
    func nothing() async throws {
        try await withTwoStores { one, other in
            try await one.insertLinks("aa", "bb")
            try await listening(other, toldBy: one)
            _ = try await one.update(try code("aa"), ifVersion: nil, at: midnight) { $0.settings }
            _ = try await one.delete(try code("aa"), ifVersion: [7], at: midnight)
            _ = try await one.delete(try code("bb"), ifVersion: nil, at: midnight)
            #expect(try await told(other) == ["bb"])
        }
    }

    @Test("that are no codes are passed over")
    func foreign() async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { store in
                try await store.insertLinks("aa")
                try await listening(store, toldBy: store)
                for payload in ["", "a b", "é", String(repeating: "a", count: 65), "aa"] {
                    try await database.run { session in
                        _ = try session.query("SELECT pg_notify('shrinkr_links', $1)", [.text(payload)])
                    }
                }
                #expect(try await told(store) == ["aa"])
            }
        }
    }

    @Test("come again after the connection was lost")
    func lostConnection() async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { store in
                try await store.insertLinks("aa")
                try await listening(store, toldBy: store)
                try await database.run { session in
                    let ended = try session.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND query LIKE 'LISTEN%'
                        """)
                    #expect(ended.count == 1)
                }
                try await listening(store, toldBy: store)
            }
        }
    }

    @Test("are not waited for in a hurry once the store is closed")
    func closed() async throws {
        try await PostgreSQLDatabase.with { database in
            let store = try await PostgreSQLStore.open(
                configuration: database.configuration, logger: Logger(label: "test"))
            _ = try await store.changedLinks(within: .milliseconds(1))
            await store.close()
            await #expect(throws: StoreError.self) { try await store.changedLinks(within: .milliseconds(1)) }
        }
    }

    private func withTwoStores(_ body: (PostgreSQLStore, PostgreSQLStore) async throws -> Void) async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { one in
                try await database.withStore { other in try await body(one, other) }
            }
        }
    }

    /// Changes a link until the store hears of it: what is told before it listens is not heard.
    private func listening(_ store: PostgreSQLStore, toldBy other: PostgreSQLStore) async throws {
        let link = try #require(try await other.links(LinkQuery(limit: 1)).links.first)
        var number = 0
        while true {
            number += 1
            _ = try await other.update(link.code, ifVersion: nil, at: midnight) { [number] _ in
                LinkSettings(url: "https://example.com/\(number)")
            }
            if !(try await store.changedLinks(within: .milliseconds(100)).isEmpty) { break }
        }
        // Whatever was told of it since.
        while !(try await store.changedLinks(within: .milliseconds(100)).isEmpty) {}
    }

    /// The codes that were told of.
    private func told(_ store: PostgreSQLStore) async throws -> [String] {
        for _ in 0..<60 {
            let codes = try await store.changedLinks(within: .seconds(1))
            if !codes.isEmpty { return codes.map(\.text) }
        }
        return []
    }
}
#endif
