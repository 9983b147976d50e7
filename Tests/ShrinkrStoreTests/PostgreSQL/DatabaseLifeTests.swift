#if PostgreSQL
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("A server of PostgreSQL", .timeLimit(.minutes(10))) struct DatabaseLifeTests {
    private func lives(_ servers: DatabaseLife.Server...) -> [Int64] {
        var life = DatabaseLife()
        return servers.map { server in
            life.answered(server)
            return life.number
        }
    }

    @Test("is the same one while it runs, and after a restart")
    func same() {
        #expect(
            lives(
                .init(address: "10.0.0.1 5432", startedAt: 10, now: 100),
                .init(address: "10.0.0.1 5432", startedAt: 10, now: 200),
                .init(address: "10.0.0.1 5432", startedAt: 200, now: 300)) == [0, 0, 0])
    }

    @Test("is another one where it was there while the first answered, or is elsewhere")
    func other() {
        #expect(
            lives(
                .init(address: "10.0.0.1 5432", startedAt: 10, now: 100),
                .init(address: "10.0.0.1 5432", startedAt: 20, now: 200),
                .init(address: "10.0.0.2 5432", startedAt: 300, now: 400)) == [0, 1, 2])
    }

    @Test("is one life for a store, whose feed ends somewhere")
    func store() async throws {
        try await PostgreSQLDatabase.with { database in
            try await database.withStore { store in
                #expect(try await store.latestChange() > 0)
                _ = try await store.latestChange()
                #expect(store.databaseLife == 0)
            }
        }
    }
}
#endif
