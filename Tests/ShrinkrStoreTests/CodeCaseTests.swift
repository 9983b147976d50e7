import GRDB
import ShrinkrCore
import ShrinkrStore
import Testing

@testable import ShrinkrStoreSQLite

/// One rule for making links and for doing anything else with them.
@Suite struct CodeCaseTests {
    @Test(arguments: StoreKind.allCases)
    func codesAreFoundInAnyCase(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(store.codeCase == .insensitive)
            try await store.insert(NewLink("Swift") { $0.maximumVisits = 2 })
            for text in ["Swift", "swift", "SWIFT"] {
                #expect(try await store.link(try code(text))?.code == (try code("Swift")), "\(text)")
            }
            #expect(try await store.takeVisit(try code("SWIFT"), at: midnight))
            let changed = try await store.update(try code("sWIFT"), ifVersion: nil, at: midnight) { link in
                var settings = link.settings
                settings.title = "\(link.code)"
                return settings
            }
            guard case .done(let link) = changed else { return #expect(Bool(false), "\(changed)") }
            #expect((link.code.text, link.settings.title, link.visitsUsed) == ("Swift", "Swift", 1))
            #expect(try await store.settled().changes(after: 0, limit: 9).map(\.code.text) == ["Swift"])
            guard case .done = try await store.delete(try code("swifT"), ifVersion: nil, at: midnight) else {
                return #expect(Bool(false), "not deleted")
            }
            #expect(try await store.link(try code("Swift")) == nil)
            for text in ["Swift", "swift"] { #expect(try await store.insert(NewLink(text)) == .taken) }
            #expect(try await store.issuedCode(try code("SWIFT")) == (try code("Swift")))
            let restored = try await store.restore(try code("SWIFT"), ifVersion: nil, at: midnight, completing: nil)
            guard case .done(let again) = restored else { return #expect(Bool(false), "\(restored)") }
            #expect(again.code.text == "Swift")
            guard case .done = try await store.erase(try code("sWIFT"), ifVersion: nil, at: midnight) else {
                return #expect(Bool(false), "not erased")
            }
            #expect(try await store.link(try code("Swift")) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func codesAreKeptApartWhereTheStoreIsMadeForIt(_ kind: StoreKind) async throws {
        try await kind.withStore(codeCase: .sensitive) { store in
            #expect(store.codeCase == .sensitive)
            try await store.insert(NewLink("Swift", url: "https://a.example/") { $0.maximumVisits = 1 })
            #expect(try await store.link(try code("swift")) == nil)
            try await store.insert(NewLink("swift", url: "https://b.example/") { $0.maximumVisits = 1 })
            #expect(try await store.insert(NewLink("swift")) == .taken)
            #expect(try await store.link(try code("Swift"))?.settings.url == "https://a.example/")
            #expect(try await store.link(try code("swift"))?.settings.url == "https://b.example/")
            #expect(try await store.takeVisit(try code("Swift"), at: midnight))
            #expect(try await store.link(try code("swift"))?.visitsUsed == 0)
            #expect(try await !store.takeVisit(try code("SWIFT"), at: midnight))
            _ = try await store.delete(try code("swift"), ifVersion: nil, at: midnight)
            #expect(try await store.link(try code("Swift")) != nil)
            #expect(try await store.insert(NewLink("swift")) == .taken)
        }
    }

    private func configuration(_ codeCase: CodeCase?) -> SQLiteConfiguration {
        var configuration = SQLiteConfiguration.patient
        configuration.codeCase = codeCase
        return configuration
    }

    @Test(arguments: CodeCase.allCases)
    func ruleOfADatabaseStays(_ rule: CodeCase) async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path, configuration(rule)) { #expect($0.codeCase == rule) }
            for same in [nil, rule] {
                try await withSQLiteStore(path, configuration(same)) { #expect($0.codeCase == rule) }
            }
            for other in CodeCase.allCases where other != rule {
                await #expect(throws: StoreError.otherCodeCase(rule)) {
                    try await SQLiteStore.open(path: path, configuration: configuration(other))
                }
            }
        }
    }

    /// Also of one that was made without being asked for a rule.
    @Test func ruleThatNobodyAskedForStays() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { #expect($0.codeCase == .insensitive) }
            await #expect(throws: StoreError.otherCodeCase(.insensitive)) {
                try await SQLiteStore.open(path: path, configuration: configuration(.sensitive))
            }
        }
    }

    /// A worker, or a command, that is first leaves the choice to the program that makes links.
    @Test(arguments: CodeCase.allCases)
    func ruleIsChosenByWhoMakesLinks(_ rule: CodeCase) async throws {
        try await withDatabasePath { path in
            var worker = configuration(nil)
            worker.choosesCodeCase = false
            try await withSQLiteStore(path, worker) { #expect($0.codeCase == .insensitive) }
            try await withSQLiteStore(path, configuration(rule)) { #expect($0.codeCase == rule) }
            try await withSQLiteStore(path, worker) { #expect($0.codeCase == rule) }
        }
        // Told explicitly, it chooses all the same.
        try await withDatabasePath { path in
            var worker = configuration(rule)
            worker.choosesCodeCase = false
            try await withSQLiteStore(path, worker) { #expect($0.codeCase == rule) }
            try await withSQLiteStore(path, configuration(nil)) { #expect($0.codeCase == rule) }
        }
    }

    /// A database from before there was a rule.
    @Test func databaseWithLinksFromBeforeIsInsensitive() async throws {
        try await withDatabasePath { path in
            try await withSQLiteStore(path) { try await $0.insertLinks("Swift") }
            let queue = try DatabaseQueue(path: path)
            try await queue.write { database in
                try database.execute(
                    sql:
                        "DROP TABLE database_settings; DELETE FROM grdb_migrations WHERE identifier LIKE '%database-settings'"
                )
            }
            try queue.close()
            await #expect(throws: StoreError.otherCodeCase(.insensitive)) {
                try await SQLiteStore.open(path: path, configuration: configuration(.sensitive))
            }
            try await withSQLiteStore(path) { store async throws in
                #expect(store.codeCase == .insensitive)
                #expect(try await store.link(try code("swift")) != nil)
            }
        }
    }

    /// Processes that start together on a new database agree.
    @Test(arguments: 0..<5)
    func firstRuleWins(_ round: Int) async throws {
        try await withDatabasePath { path in
            let rules = await withTaskGroup(of: CodeCase?.self) { group in
                for rule in [CodeCase.sensitive, .insensitive, .sensitive, .insensitive] {
                    group.addTask {
                        let store = try? await SQLiteStore.open(path: path, configuration: self.configuration(rule))
                        try? await store?.close()
                        return store?.codeCase
                    }
                }
                return await group.reduce(into: [CodeCase]()) { if let rule = $1 { $0.append(rule) } }
            }
            #expect(rules.count == 2)
            #expect(Set(rules).count == 1)
        }
    }
}
