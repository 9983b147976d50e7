#if PostgreSQL
package import Logging
package import PostgreSQLClient
import ShrinkrBase
package import ShrinkrStore

/// The tables of a PostgreSQL database, to copy from or to.
package struct PostgreSQLTables: TableSink {
    /// How copies call themselves at the server.
    static let applicationName = "shrinkr copy-store"
    private static let readMark = PostgreSQLStatement(
        "SELECT value FROM database_settings WHERE name = '\(CopyMark.name)'")
    private static let setMark = PostgreSQLStatement(
        "INSERT INTO database_settings (name, value) VALUES ('\(CopyMark.name)', $1)")
    private static let takeMark = PostgreSQLStatement(
        "DELETE FROM database_settings WHERE name = '\(CopyMark.name)'")
    /// The number of the next link.
    private static let setIdentity: PostgreSQLStatement = """
        SELECT setval(pg_get_serial_sequence('links', 'id'), max(id)) FROM links HAVING max(id) IS NOT NULL
        """

    package let name: String
    private let pool: PostgreSQLPool
    /// What keeps others from writing; nil for a target, which they do not open.
    private let lock: TableLock?

    /// Opens a database whose tables are there.
    ///
    /// - Parameter isSource: Whether the tables are only read. Nobody writes them then as long as this is open.
    /// - Throws: ``CopyError/inUse(name:reason:)``; ``StoreError/unavailable(reason:)``.
    package init(configuration: PostgreSQLConfiguration, isSource: Bool, logger: Logger) async throws {
        var configuration = configuration
        configuration.applicationName = Self.applicationName
        configuration.connections = 4
        configuration.waitLimit = .seconds(30)
        // One batch is quick; counting the rows of a large table is not.
        configuration.bulkStatementTimeout = .seconds(3_600)
        let name = "\(configuration)"
        let pool = PostgreSQLPool(configuration, logger: logger)
        do {
            try await pool.read(.bulk) { session in
                try SchemaGate.check(session)
                try OtherSessions.check(session, name: name)
            }
            lock = isSource ? try await TableLock(pool, name: name) : nil
        } catch {
            await pool.close()
            throw StoreError.translating(error)
        }
        self.name = name
        self.pool = pool
    }

    package func close() async throws {
        try await lock?.release()
        await pool.close()
    }

    package func count(_ table: CopiedTable) async throws -> Int {
        let statement = PostgreSQLStatement(TableStatements(table, placeholder: "$").count)
        return try await read { Int(try $0.query(statement).first?.int(0) ?? 0) }
    }

    package func rows(of table: CopiedTable, after last: TableRow?, limit: Int) async throws -> [TableRow] {
        let sql = TableStatements(table, placeholder: "$").selectRows(isBehindKey: last != nil, limit: limit)
        let statement = PostgreSQLStatement(sql)
        let key = (last ?? []).prefix(table.keyCount).map(\.parameter)
        return try await read { try $0.query(statement, key).map(table.decode) }
    }

    package func lastRow(of table: CopiedTable) async throws -> TableRow? {
        let statement = PostgreSQLStatement(TableStatements(table, placeholder: "$").selectLast)
        return try await read { try $0.query(statement).first.map(table.decode) }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws -> Value {
        do {
            try lock?.check()
            return try await pool.read(.bulk, body)
        } catch {
            throw StoreError.translating(error)
        }
    }
}

// MARK: - Writing

extension PostgreSQLTables {
    package func unfinishedCopy() async throws -> String? {
        try await read { try $0.query(Self.readMark).first?.text(0) }
    }

    package func beginCopy(of source: String) async throws {
        try await write { try $0.execute(Self.setMark, [.text(source)]) }
    }

    /// The links' place in the order of changes is that of this transaction. Clicks get the partitions of their months: a
    /// worker makes no more than those of the months to come.
    package func append(_ rows: [TableRow], to table: CopiedTable) async throws {
        let statements = TableStatements(table, placeholder: "$")
        let delete = PostgreSQLStatement(statements.delete)
        let arrays = table.columns.enumerated().map { "$\($0 + 1)::\($1.kind.arrayType)" }.joined(separator: ", ")
        let insert = PostgreSQLStatement("\(statements.insert()) SELECT * FROM unnest(\(arrays))")
        let values = try table.arrays(rows)
        let partitions = ClickPartition.all(of: table, holding: rows, at: WallClock.system.now())
        try await write { session in
            for partition in partitions { _ = try partition.make(session) }
            try session.pipeline(
                (table.isReplaced ? [PostgreSQLCall(delete)] : []) + [PostgreSQLCall(insert, values)])
        }
    }

    package func discardCopy() async throws {
        let emptied = CopiedTable.all.filter { $0.condition == nil }.map(\.name) + CopiedTable.derived
        let truncate = PostgreSQLStatement("TRUNCATE \(emptied.joined(separator: ", "))")
        let others = CopiedTable.all.filter { $0.condition != nil }.map {
            PostgreSQLCall(PostgreSQLStatement(TableStatements($0, placeholder: "$").delete))
        }
        try await write { try $0.pipeline([PostgreSQLCall(truncate)] + others) }
    }

    package func finishCopy() async throws {
        try await write { try $0.pipeline([PostgreSQLCall(Self.setIdentity), PostgreSQLCall(Self.takeMark)]) }
        // Plans are made by what the server knows of the rows; by itself it looks only after a while.
        let analyze = (CopiedTable.all.map(\.name) + CopiedTable.derived).map { "ANALYZE \($0)" }.joined(
            separator: "; ")
        do {
            try await pool.withSession { try $0.script(analyze) }
        } catch {
            throw StoreError.translating(error)
        }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLSession) throws -> Value
    ) async throws {
        do {
            _ = try await pool.write(.bulk, body)
        } catch {
            throw StoreError.translating(error)
        }
    }
}

extension CopyMark {
    /// - Throws: ``StoreError/unavailable(reason:)`` where the database is an unfinished copy.
    static func check(_ pool: PostgreSQLPool) async throws {
        let mark = try await pool.query(
            PostgreSQLStatement("SELECT value FROM database_settings WHERE name = '\(name)'"))
        if let source = try mark.first?.text(0) { throw problem(source: source) }
    }
}

extension StoreError {
    fileprivate static func translating(_ error: any Error) -> any Error {
        (error as? PostgreSQLError).map { StoreError($0) } ?? error
    }
}
#endif
