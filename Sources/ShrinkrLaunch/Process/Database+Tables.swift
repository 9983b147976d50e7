import Glibc
import Logging
import ShrinkrStore
import ShrinkrStoreSQLite

#if PostgreSQL
import PostgreSQLClient
import ShrinkrStorePostgreSQL
#endif

extension Database {
    /// The tables to copy from.
    ///
    /// - Throws: ``ConfigurationError``, ``CopyError``, ``StoreError``.
    static func source(_ database: DatabaseSettings, logger: Logger) async throws -> any TableSource {
        switch database {
        case .sqlite(let path):
            guard access(path, F_OK) == 0 else { throw ConfigurationError("There is no database at \(path)") }
            return try await SQLiteTables(path: path, creates: false)
        case .postgreSQL(let server): return try await tables(server, isSource: true, logger: logger)
        }
    }

    /// The tables to copy to. A file is made where none is.
    ///
    /// - Throws: ``ConfigurationError``, ``CopyError``, ``StoreError``.
    static func target(_ database: DatabaseSettings, logger: Logger) async throws -> any TableSink {
        switch database {
        case .sqlite(let path): try await SQLiteTables(path: path, creates: true)
        case .postgreSQL(let server): try await tables(server, isSource: false, logger: logger)
        }
    }

    #if PostgreSQL
    private static func tables(
        _ server: PostgreSQLSettings, isSource: Bool, logger: Logger
    ) async throws -> any TableSink {
        try await PostgreSQLTables(configuration: server.configuration(), isSource: isSource, logger: logger)
    }
    #else
    private static func tables(
        _ server: PostgreSQLSettings, isSource: Bool, logger: Logger
    ) async throws(StoreError) -> any TableSink {
        throw .unavailable(reason: "this program was built without PostgreSQL")
    }
    #endif
}
