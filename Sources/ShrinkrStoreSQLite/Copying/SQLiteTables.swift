import FoundationEssentials
import GRDB
package import ShrinkrStore

/// The tables of an SQLite file, to copy from or to.
///
/// The file is locked as long as this is open (https://www.sqlite.org/pragma.html#pragma_locking_mode): others cannot
/// even open it, and where another has it open this is not opened.
package struct SQLiteTables: TableSink {
    package let name: String
    private let queue: DatabaseQueue

    /// Locks the file, and brings its tables up to date.
    ///
    /// - Parameters:
    ///   - creates: Whether a file is made where none is.
    ///   - patience: How long others may take to close it.
    /// - Throws: ``CopyError/inUse(name:reason:)``; ``StoreError/unavailable(reason:)``.
    package init(path: String, creates: Bool, patience: Duration = .seconds(2)) async throws {
        name = "sqlite:\(path)"
        if creates { try SQLiteFile.create(path) }
        do {
            queue = try await SQLiteStore.onBlockingThread { try Self.open(path, patience: patience) }
        } catch let error as DatabaseError where error.isBusy {
            throw CopyError.inUse(name: name, reason: "a process has the file open")
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    private static func open(_ path: String, patience: Duration) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.journalMode = .wal
        configuration.label = "shrinkr-copy"
        configuration.prepareDatabase { database in
            // In front of the first look at the file, which then takes the lock.
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try database.execute(sql: "PRAGMA secure_delete = ON")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // After opening, because GRDB sets NORMAL together with WAL mode.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let migrator = SchemaMigrator.makeMigrator()
        let applied = try queue.read { try migrator.appliedIdentifiers($0) }
        if let problem = SchemaMigrator.problem(applied, than: migrator, path: path) {
            throw StoreError.unavailable(reason: problem)
        }
        try migrator.migrate(queue)
        return queue
    }

    package func close() async throws {
        let queue = queue
        try await SQLiteStore.onBlockingThread { try queue.close() }
    }

    package func count(_ table: CopiedTable) async throws -> Int {
        let sql = TableStatements(table).count
        return try await work { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    package func rows(of table: CopiedTable, after last: TableRow?, limit: Int) async throws -> [TableRow] {
        let sql = TableStatements(table).selectRows(isBehindKey: last != nil, limit: limit)
        let key = StatementArguments((last ?? []).prefix(table.keyCount).map(\.argument))
        return try await work { database in
            let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: key)
            var found: [TableRow] = []
            while let row = try rows.next() { found.append(try table.decode(row)) }
            return found
        }
    }

    package func lastRow(of table: CopiedTable) async throws -> TableRow? {
        let sql = TableStatements(table).selectLast
        return try await work { try Row.fetchOne($0, sql: sql).map(table.decode) }
    }

    private func work<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await queue.write(body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: queue.path)
        }
    }
}

// MARK: - Writing

extension SQLiteTables {
    package func unfinishedCopy() async throws -> String? { try await work(CopyMark.source) }

    package func beginCopy(of source: String) async throws {
        try await work { database in
            try database.execute(
                sql: "INSERT INTO database_settings (name, value) VALUES (?, ?)", arguments: [CopyMark.name, source])
        }
    }

    package func append(_ rows: [TableRow], to table: CopiedTable) async throws {
        let statements = TableStatements(table)
        let places = (1...table.columns.count).map { "?\($0)" }
        // Changes are in the order of the links' numbers: nobody who follows them has seen one yet.
        let position = table.isOfLinks ? ["change_position"] : []
        let all = places + position.map { _ in "?1" }
        let insert = "\(statements.insert(also: position)) VALUES (\(all.joined(separator: ", ")))"
        try await work { database in
            if table.isReplaced { try database.execute(sql: statements.delete) }
            let statement = try database.cachedStatement(sql: insert)
            for row in rows { try statement.execute(arguments: StatementArguments(row.map(\.argument))) }
        }
    }

    package func discardCopy() async throws {
        for table in CopiedTable.all.reversed() {
            let sql = TableStatements(table).delete
            try await work { try $0.execute(sql: sql) }
        }
    }

    /// The number of the next link follows from the rows by itself (https://www.sqlite.org/autoinc.html).
    package func finishCopy() async throws {
        try await work { database in
            try database.execute(sql: "DELETE FROM database_settings WHERE name = ?", arguments: [CopyMark.name])
        }
    }
}

extension CopyMark {
    /// What the database is an unfinished copy of.
    static func source(_ database: Database) throws -> String? {
        try String.fetchOne(
            database, sql: "SELECT value FROM database_settings WHERE name = ?", arguments: [name])
    }
}

// MARK: - Rows

extension TableStatements {
    /// In SQLite, the key of a code has the name from before there were two rules for it.
    fileprivate init(_ table: CopiedTable) {
        // text: names of columns, which are our own.
        self.init(table, placeholder: "?") { $0 == "code_key" ? "folded" : $0 }
    }
}

extension CopiedTable {
    // text: names of tables, which are our own.
    fileprivate var isOfLinks: Bool { name == "links" }

    fileprivate func decode(_ row: Row) throws -> TableRow {
        try columns.enumerated().map { index, column in
            let stored = (row[index] as DatabaseValue).storage
            switch (column.kind, stored) {
            case (.integer, .int64(let number)): return .integer(number)
            case (.boolean, .int64(let number)): return .boolean(number != 0)
            case (.text, .string(let text)): return .text(text)
            case (.bytes, .blob(let bytes)): return .bytes(Array(bytes))
            case (_, .null): return column.valueOfNull ?? .null
            default: throw StoreError.refused(reason: "\(name).\(column.name) has a value that is no \(column.kind)")
            }
        }
    }
}

extension TableValue {
    fileprivate var argument: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        case .boolean(let flag): flag.databaseValue
        }
    }
}
