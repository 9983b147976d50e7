#if PostgreSQL
import PostgreSQLClient
import ShrinkrCore
import ShrinkrStore

/// The rule for the case of codes as the database keeps it.
enum CodeCaseSetting {
    private static let select: PostgreSQLStatement = "SELECT value FROM database_settings WHERE name = 'code_case'"
    private static let insert: PostgreSQLStatement =
        "INSERT INTO database_settings (name, value) VALUES ('code_case', $1) ON CONFLICT DO NOTHING"

    /// The rule of the database. Where it has none yet, `wanted` becomes it, or the default.
    ///
    /// - Parameter chooses: whether the default becomes the database's rule, rather than holding for the moment.
    /// - Throws: ``StoreError`` where another than the wanted one was chosen.
    static func settle(_ wanted: CodeCase?, chooses: Bool, _ pool: PostgreSQLPool) async throws -> CodeCase {
        // A database that has its rule is opened without writing.
        let known = try await pool.query(select).first?.text(0)
        if known == nil, wanted == nil, !chooses { return .insensitive }
        let text: String?
        if let known {
            text = known
        } else {
            text = try await choose(wanted ?? .insensitive, pool)
        }
        guard let chosen = text.flatMap(CodeCase.init) else {
            throw StoreError.unavailable(reason: "it has a rule for the case of codes that is not known here")
        }
        guard wanted == nil || wanted == chosen else { throw StoreError.otherCodeCase(chosen) }
        return chosen
    }

    /// Another process may have chosen meanwhile; then its choice stands.
    private static func choose(_ rule: CodeCase, _ pool: PostgreSQLPool) async throws -> String? {
        try await pool.write { session in
            try session.execute(insert, [.text(rule.rawValue)])
            return try session.query(select).first?.text(0)
        }
    }
}
#endif
