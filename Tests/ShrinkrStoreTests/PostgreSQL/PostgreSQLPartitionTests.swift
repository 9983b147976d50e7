#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("Partitions of clicks in PostgreSQL", .timeLimit(.minutes(10))) struct PostgreSQLPartitionTests {
    @Test("are made once for each month, by whoever is first, while others count")
    func once() async throws {
        try await withStores { stores in
            try await stores[0].insertLinks("a")
            async let counted: Void = {
                for number in 1...40 {
                    let frame = try CountedFrame(Int64(number), people: ["a": 1], in: bucket(Int64(number)))
                    _ = try await stores[0].add([frame], at: midnight)
                }
            }()
            let made = try await together(stores, times: 2) { store, _ in try await store.makePartitions(at: midnight) }
            try await counted
            #expect(made.reduce(0, +) == 2 * ClickPartition.monthsAhead)
            #expect(try await stores[1].makePartitions(at: midnight) == 0)
            #expect(try await stores[1].clicks("a") == 40)
        }
    }

    @Test("are not made for a month whose rows would take long to move; the next months have theirs")
    func manyRows() async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { store in
                let first = bucket(0).index
                try await database.run { session in
                    try session.script(
                        """
                        INSERT INTO clicks_by_bucket (bucket, code, people, bots)
                        SELECT \(first), number::text, 1, 0 FROM generate_series(1, \(ClickPartition.movedRows + 1)) AS number
                        """)
                }
                #expect(try await store.makePartitions(at: midnight) == 2 * ClickPartition.monthsAhead - 1)
                let range = StatsRange(code: nil, buckets: bucket(0)..<bucket(1))
                #expect(try await store.buckets(range).map(\.tally.people) == [ClickPartition.movedRows + 1])
            }
        }
    }

    @Test("take the rows of their month with them, and leave those of others")
    func rows() async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { store in
                try await store.insertLinks("a")
                // The midnight of the tests is on the 22nd; the last of these is in the month after the partitions'.
                let day: Int64 = 96
                let buckets = [bucket(0), bucket(9 * day), bucket(-22 * day), bucket(99 * day - 1), bucket(99 * day)]
                for round in 0..<2 {
                    for (number, bucket) in buckets.enumerated() {
                        let key = DimensionKey(bucket: bucket, dimension: .os, value: "o\(number)")
                        let tally = Tally(people: number + 1)
                        let frame = try CountedFrame(
                            Int64(round * 10 + number), link: "a",
                            LinkCounts(buckets: [bucket: tally], values: [key: tally]))
                        _ = try await store.add([frame], at: midnight)
                    }
                    if round == 0 { #expect(try await store.makePartitions(at: midnight) > 0) }
                }
                let range = StatsRange(code: nil, buckets: bucket(-9_999)..<bucket(99_999))
                #expect(try await store.buckets(range).map(\.tally.people) == [6, 2, 4, 8, 10])
                let values = try await store.values(range, dimension: .os, traffic: .all, limit: 9)
                #expect(values.map(\.tally.people) == [10, 8, 6, 4, 2])
                for table in ["clicks_by_bucket", "clicks_by_value"] {
                    let places = try await database.run { session in
                        let query = "SELECT tableoid::regclass::text FROM \(table) ORDER BY bucket"
                        return try session.query(PostgreSQLStatement(query)).map { try $0.text(0) }
                    }
                    let months = ["other", "2026_11", "2026_12", "2027_02", "other"]
                    #expect(places == months.map { "\(table)_\($0)" })
                }
            }
        }
    }
}
#endif
