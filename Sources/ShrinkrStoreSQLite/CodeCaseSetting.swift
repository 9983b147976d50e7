import GRDB
import ShrinkrCore
import ShrinkrStore

/// The rule for the case of codes as the database keeps it.
enum CodeCaseSetting {
    /// The rule of the database. Where it has none yet, `wanted` becomes it, or the default.
    ///
    /// - Parameter chooses: whether the default becomes the database's rule, rather than holding for the moment.
    /// - Throws: ``StoreError`` where another than the wanted one was chosen.
    static func settle(_ wanted: CodeCase?, chooses: Bool, _ pool: DatabasePool) throws -> CodeCase {
        // A database that has its rule is opened without writing.
        let known = try pool.read(stored)
        if known == nil, wanted == nil, !chooses { return .insensitive }
        let text = try known ?? pool.write { try choose(wanted ?? .insensitive, $0) }
        guard let chosen = text.flatMap(CodeCase.init) else {
            throw StoreError.unavailable(reason: "\(pool.path) has a rule for the case of codes that is not known here")
        }
        guard wanted == nil || wanted == chosen else { throw StoreError.otherCodeCase(chosen) }
        return chosen
    }

    private static func stored(_ database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM database_settings WHERE name = 'code_case'")
    }

    /// Another process may have chosen meanwhile; then its choice stands.
    private static func choose(_ rule: CodeCase, _ database: Database) throws -> String? {
        try database.execute(
            sql: "INSERT OR IGNORE INTO database_settings (name, value) VALUES ('code_case', ?)",
            arguments: [rule.rawValue])
        return try stored(database)
    }
}
