import GRDB
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrStoreSQLite

#if PostgreSQL
import PostgreSQLClient
import ShrinkrStorePostgreSQL
#endif

/// From visitors one by one to sketches, while programs of the release before count beside those of this one.
@Suite("Visitors of the release before", .timeLimit(.minutes(10))) struct VisitorUpgradeTests {
    private static let kinds = StoreKind.allCases.filter { $0 != .memory }

    @Test("keep their numbers, and are known once they are sketched", arguments: kinds)
    func upgrade(_ kind: StoreKind) async throws {
        try await withStore(kind) { store, database in
            try await store.insertLinks("a", "b")
            // More than a sketch counts exactly, yesterday; some today, on both links.
            try await database.see(Array(1...700), hours: [3], of: "a", day: today - 1)
            try await database.see([1, 2, 3], hours: [0, 1], of: "a", day: today)
            try await database.see([3, 4], hours: [1], of: "b", day: today)
            try await expect(store, a: 3, b: 2, all: 4)
            try await expectYesterday(store)

            // Who counts now does not know them yet: nobody is missing, and the number says that it may be too large.
            _ = try await store.add([frame(1, "a", [2, 9], hour: 1)], at: midnight)
            try await expect(store, a: 5.atMost, b: 2, all: 6.atMost)
            #expect(try await store.sketchVisitors(sinceDay: today) == 5)
            try await expect(store, a: 4, b: 2, all: 5)
            try await expect(store, hour: 0, a: 3)
            try await expect(store, hour: 1, a: 4)

            // A program of the release before goes on, and so does this one.
            try await database.see([1, 5], hours: [1], of: "a", day: today)
            try await expect(store, a: 6.atMost, b: 2, all: 7.atMost)
            #expect(try await store.sketchVisitors(sinceDay: today) == 2)
            #expect(try await store.sketchVisitors(sinceDay: today) == 0)
            try await expect(store, a: 5, b: 2, all: 6)
            try await expect(store, hour: 1, a: 5)
            try await expectYesterday(store)

            // What the release before reads is what its own programs have counted.
            #expect(try await database.numbers == [5, 2, 6])
            _ = try await store.forgetVisitors(beforeDay: today + 1)
            try await expect(store, a: 5, b: 2, all: 6)
            try await expectYesterday(store)
            #expect(try await database.numbers == [5, 2, 6])
        }
    }

    /// The contract step of the next release.
    @Test("are not missed when their tables are gone", arguments: kinds)
    func contract(_ kind: StoreKind) async throws {
        try await withStore(kind) { store, database in
            try await store.insertLinks("a")
            try await database.see([1, 2], hours: [0], of: "a", day: today)
            #expect(try await store.sketchVisitors(sinceDay: today) == 2)
            try await database.execute("DROP TABLE link_visitors")
            try await database.execute("DROP TABLE day_visitors")
            _ = try await store.add([frame(1, "a", [2, 3], hour: 1)], at: midnight)
            #expect(try await store.sketchVisitors(sinceDay: today) == 0)
            #expect(try await store.visitors(.all()) == 3)
            #expect(try await store.forgetVisitors(beforeDay: today + 1) == 2)
            #expect(try await store.visitors(.all(try code("a"))) == 3)
        }
    }

    private func frame(_ number: Int64, _ text: String, _ visitors: [UInt64], hour: Int) throws -> CountedFrame {
        var counts = LinkCounts(buckets: [bucket(Int64(hour) * 4): Tally(people: visitors.count)])
        for visitor in visitors { counts.see(visitor, hours: [hour]) }
        return try CountedFrame(number, link: text, counts)
    }

    private func expect(
        _ store: any Store, a: VisitorCount, b: VisitorCount, all: VisitorCount,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (text, visitors) in [("a", a), ("b", b), (nil, all)] {
            let link = try text.map { try code($0) }
            let range = StatsRange(code: link, buckets: bucket(0)..<bucket(96))
            #expect(try await store.visitors(range) == visitors, sourceLocation: sourceLocation)
        }
    }

    private func expect(_ store: any Store, hour: Int64, a: VisitorCount) async throws {
        let period = ReportPeriod(kind: .hourly, index: today * 24 + hour)
        // A link has a line where it has clicks.
        let bucket = bucket(hour * 4)
        let clicks = LinkCounts(buckets: [bucket: Tally(people: 1)])
        _ = try await store.add([CountedFrame(1_000 + hour, of: "lines", link: "a", clicks)], at: midnight)
        #expect(try await store.reportLines(period, after: nil, limit: 1).map(\.visitors) == [a])
    }

    private func expectYesterday(_ store: any Store) async throws {
        let range = StatsRange(code: try code("a"), buckets: bucket(-96)..<bucket(0))
        #expect(try await store.visitors(range) == 700)
    }

    private func withStore(_ kind: StoreKind, _ body: (any Store, OlderWorker) async throws -> Void) async throws {
        #if PostgreSQL
        if kind == .postgresql {
            return try await PostgreSQLDatabase.with { database in
                try await database.withStore { store in
                    let worker = OlderWorker(
                        execute: { sql in try await database.run { try $0.script(sql) } },
                        read: { sql in
                            try await database.run { try $0.query(.init(sql)).map { Int(try $0.int(0)) } }
                        })
                    try await body(store, worker)
                }
            }
        }
        #endif
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { store in
                let worker = OlderWorker(
                    execute: { sql in try await store.pool.write { try $0.execute(sql: sql) } },
                    read: { sql in try await store.pool.read { try Int.fetchAll($0, sql: sql) } })
                try await body(store, worker)
            }
        }
    }
}

extension Int {
    /// A number in which somebody may be twice.
    fileprivate var atMost: VisitorCount { VisitorCount(number: self, isExact: false) }
}

/// What a worker of the release before does with visitors.
private struct OlderWorker {
    let execute: (String) async throws -> Void
    let read: (String) async throws -> [Int]

    /// What the release before shows for today: of `a`, `b` and all links.
    var numbers: [Int] {
        get async throws {
            try await read(
                "SELECT visitors FROM visitor_counts WHERE kind = 2 AND period = \(today) ORDER BY code = '', code")
        }
    }

    /// Visitors who are not in its tables yet, on one day.
    func see(_ visitors: [Int], hours: [Int64], of code: String, day: Int64) async throws {
        let known = try await read("SELECT visitor FROM day_visitors WHERE day = \(day)")
        let new = visitors.filter { !known.contains($0) }
        let mask = hours.reduce(Int64(0)) { $0 | 1 << $1 }
        let rows = visitors.map { "(\(day), '\(code)', \($0), \(mask))" }.joined(separator: ", ")
        try await execute("INSERT INTO link_visitors (day, code, visitor, hours) VALUES \(rows)")
        if !new.isEmpty {
            let rows = new.map { "(\(day), \($0))" }.joined(separator: ", ")
            try await execute("INSERT INTO day_visitors (day, visitor) VALUES \(rows)")
        }
        try await count(2, day, code, visitors.count)
        try await count(2, day, "", new.count)
        for hour in hours { try await count(1, day * 24 + hour, code, visitors.count) }
    }

    private func count(_ kind: Int, _ period: Int64, _ code: String, _ number: Int) async throws {
        try await execute(
            """
            INSERT INTO visitor_counts (kind, period, code, visitors) VALUES (\(kind), \(period), '\(code)', \(number))
            ON CONFLICT (kind, period, code) DO UPDATE SET visitors = visitor_counts.visitors + excluded.visitors
            """)
    }
}
