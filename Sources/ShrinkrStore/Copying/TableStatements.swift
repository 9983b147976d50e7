/// What a copy asks of one table, in the SQL that SQLite and PostgreSQL have in common.
package struct TableStatements: Sendable {
    private let table: CopiedTable
    private let names: [String]
    private let placeholder: String

    /// - Parameters:
    ///   - placeholder: What is written before the number of a value's place: `?` or `$`.
    ///   - rename: The name that a column has in this kind of database.
    package init(_ table: CopiedTable, placeholder: String, rename: (String) -> String = { $0 }) {
        self.table = table
        self.placeholder = placeholder
        names = table.columns.map { rename($0.name) }
    }

    package var count: String { "SELECT count(*) FROM \(table.name)\(filter)" }

    package var delete: String { "DELETE FROM \(table.name)\(filter)" }

    /// All columns of the row with the highest key.
    package var selectLast: String { "\(select(filter, order: " DESC")) LIMIT 1" }

    /// All columns of the first rows, or of those behind the key that is in the first places.
    package func selectRows(isBehindKey: Bool, limit: Int) -> String {
        guard isBehindKey else { return "\(select(filter)) LIMIT \(limit)" }
        let places = (1...max(table.keyCount, 1)).map { "\(placeholder)\($0)" }
        let isBehind = "(\(list(names.prefix(table.keyCount)))) > (\(list(places)))"
        let filter = " WHERE \(([isBehind] + [table.condition].compactMap(\.self)).joined(separator: " AND "))"
        return "\(select(filter)) LIMIT \(limit)"
    }

    /// The beginning of a statement that inserts values of all columns, and then of others.
    package func insert(also others: [String] = []) -> String {
        "INSERT INTO \(table.name) (\(list(names + others)))"
    }

    private var filter: String { table.condition.map { " WHERE \($0)" } ?? "" }

    private func select(_ filter: String, order: String = "") -> String {
        let key = names.prefix(table.keyCount).map { $0 + order }
        return "SELECT \(list(names)) FROM \(table.name)\(filter)\(key.isEmpty ? "" : " ORDER BY \(list(key))")"
    }

    private func list(_ names: some Sequence<String>) -> String { names.joined(separator: ", ") }
}
