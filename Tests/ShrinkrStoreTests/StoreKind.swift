import FoundationEssentials
import ShrinkrCore
import ShrinkrStore
import ShrinkrStoreSQLite
import StoreTestSupport
import Testing

#if PostgreSQL
import ShrinkrStorePostgreSQL
#endif

/// The stores that have to behave alike. Every conformance test runs once with each.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite
    #if PostgreSQL
    case postgresql
    #endif

    var testDescription: String { rawValue }

    /// Runs `body` with an empty store, and removes it afterwards.
    func withStore(codeCase: CodeCase = .insensitive, _ body: (any Store) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryStore(codeCase: codeCase))
        case .sqlite:
            var configuration = SQLiteConfiguration.patient
            configuration.codeCase = codeCase
            try await withDatabasePath { try await withSQLiteStore($0, configuration) { try await body($0) } }
        #if PostgreSQL
        case .postgresql:
            try await PostgreSQLDatabase.with { database in
                try await database.withStore(codeCase: codeCase) { try await body($0) }
            }
        #endif
        }
    }
}

/// Runs `body` with the path of a database that does not exist yet, and removes its folder afterwards.
func withDatabasePath<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "shrinkr-store-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.appending(path: "shrinkr.db").path)
}

extension SQLiteConfiguration {
    /// For tests on a machine that is busy with others.
    static let patient = SQLiteConfiguration(busyTimeout: .seconds(60), turnTimeout: .seconds(600))

    /// The same with other values; only a test of a time-out should shorten that one.
    static func patient(_ change: (inout SQLiteConfiguration) -> Void) -> SQLiteConfiguration {
        var configuration = patient
        change(&configuration)
        return configuration
    }
}

/// Opens the database for `body`, and closes it afterwards.
func withSQLiteStore<Value>(
    _ path: String, _ configuration: SQLiteConfiguration = .patient, _ body: (SQLiteStore) async throws -> Value
) async throws -> Value {
    let store = try await SQLiteStore.open(path: path, configuration: configuration)
    do {
        let value = try await body(store)
        try await store.close()
        return value
    } catch {
        try? await store.close()
        throw error
    }
}
