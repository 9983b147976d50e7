import Glibc
import Logging
import ShrinkrCore
import ShrinkrProcess
import ShrinkrStore
import ShrinkrStoreSQLite

#if PostgreSQL
import PostgreSQLClient
import ShrinkrStorePostgreSQL
#endif

/// The one place that knows which databases there are.
enum Database {
    /// Opens the store.
    ///
    /// - Parameter makesLinks: whether the program makes links: then a database without a rule for the case of codes
    ///   gets the default one, where none is set.
    /// - Throws: ``ConfigurationError`` where that cannot be; ``StoreError/unavailable(reason:)`` where a server cannot
    ///   be used now.
    static func open(_ settings: SharedSettings, makesLinks: Bool, logger: Logger) async throws -> any Store {
        switch settings.database {
        case .sqlite(let path): return try await openSQLite(path, settings, makesLinks: makesLinks)
        case .postgreSQL(let server):
            do {
                return try await openPostgreSQL(server, settings, makesLinks: makesLinks, logger: logger)
            } catch StoreError.otherCodeCase(let present) {
                throw otherCodeCase(present, settings)
            }
        }
    }

    /// The steps that make its tables.
    ///
    /// - Throws: ``ConfigurationError``.
    static func migrations(_ settings: SharedSettings, logger: Logger) throws -> any SchemaMigrations {
        switch settings.database {
        case .sqlite(let path): return SQLiteMigrations(path: path)
        case .postgreSQL(let server): return try migrations(server, logger: logger)
        }
    }

    private static func openSQLite(
        _ path: String, _ settings: SharedSettings, makesLinks: Bool
    ) async throws -> any Store {
        let setting = settings.databaseSetting
        if setting == .dataDir { try WritableFolder.make(settings.dataDirectory, mode: 0o700, for: .dataDir) }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw ConfigurationError(setting, "leads to '\(path)', which is no file")
        }
        do {
            return try await SQLiteStore.open(
                path: path,
                configuration: SQLiteConfiguration(codeCase: settings.codeCase, choosesCodeCase: makesLinks))
        } catch StoreError.otherCodeCase(let present) {
            throw otherCodeCase(present, settings)
        } catch StoreError.unavailable(let reason) {
            throw ConfigurationError(setting, "leads to the database '\(path)', which cannot be used: \(reason)")
        } catch let error as StoreError {
            throw ConfigurationError(setting, "leads to the database '\(path)', which cannot be used: \(error)")
        }
    }

    private static func otherCodeCase(_ present: CodeCase, _ settings: SharedSettings) -> ConfigurationError {
        ConfigurationError(
            "\(Setting.codeCase.variable) (or \(Setting.codeCase.flag)) cannot be changed: the database "
                + "'\(settings.database.name)' was made for codes that are case-\(present.rawValue)")
    }
}

#if PostgreSQL
extension Database {
    /// What is wrong with the steps that this program holds: one sentence for each fault.
    static func faults() throws -> [String] { try MigrationRule.findings(in: Migration.all()).map(\.description) }

    private static func migrations(
        _ server: PostgreSQLSettings, logger: Logger
    ) throws -> any SchemaMigrations {
        let program = ProcessEnvironment.program.split(separator: "/").last.map(String.init) ?? "shrinkr"
        return try PostgreSQLMigrations(
            configuration: server.configuration(), program: "\(program) \(Version.current)", logger: logger)
    }

    private static func openPostgreSQL(
        _ server: PostgreSQLSettings, _ settings: SharedSettings, makesLinks: Bool, logger: Logger
    ) async throws -> any Store {
        try await PostgreSQLStore.open(
            configuration: server.configuration(), codeCase: settings.codeCase, choosesCodeCase: makesLinks,
            logger: logger)
    }
}
#else
// Settings that name a server are refused before.
extension Database {
    static func faults() throws -> [String] { [] }

    private static func migrations(
        _ server: PostgreSQLSettings, logger: Logger
    ) throws(StoreError) -> any SchemaMigrations {
        throw .unavailable(reason: "this program was built without PostgreSQL")
    }

    private static func openPostgreSQL(
        _ server: PostgreSQLSettings, _ settings: SharedSettings, makesLinks: Bool, logger: Logger
    ) async throws -> any Store {
        throw StoreError.unavailable(reason: "this program was built without PostgreSQL")
    }
}
#endif
