import Dispatch
import GRDB
package import ShrinkrCore
import ShrinkrStore

/// Links, keys and counts in one SQLite file, which several processes of one machine may share.
///
/// The file is in WAL mode, so readers and the one writer do not wait for each other; writers take turns, each waiting
/// up to ``SQLiteConfiguration/busyTimeout``. A call whose turn within the process comes later
/// than ``SQLiteConfiguration/turnTimeout`` fails, so that calls do not queue up behind a lock that another process keeps.
///
/// Commits are durable (`PRAGMA synchronous = FULL`): a message may be deleted from the queue as soon as its counts are
/// committed, so they must not be lost with the power. That costs one `fsync` of the log per writing transaction; frames
/// are added many at a time, so a worker has only a few of them per second, and short writes share theirs
/// (``WriteTurn/shared``).
///
/// Where the file is moved away or replaced while it is open, every call fails: what would be written to the old one
/// would be lost with it.
///
/// Reads whose work grows with the data have connections of their own, so that neither redirects nor authentication wait
/// for them.
///
/// All work is done on GRDB's own threads, never on an event loop or in Swift's cooperative pool.
package struct SQLiteStore: Sendable {
    /// Writes, and reads of ``ReadLane/prompt``.
    let pool: DatabasePool
    package let codeCase: CodeCase
    let index: SearchIndex
    /// Reads of ``ReadLane/bulk``.
    private let bulkPool: DatabasePool
    /// Writes of ``WriteTurn/shared``, and lookups.
    let groupedWrites, groupedReads: GroupedCalls
    /// Milliseconds that emptying the log waits for readers.
    private static let patienceWithReaders = 200

    /// Longest wait for another process's transaction.
    private let busyTimeout: Duration
    /// Longest wait for a turn within this process.
    private let turnTimeout: Duration
    /// Which file was opened.
    private let file: SQLiteFile.Identity?

    /// Opens the database, making folder, file (mode 0600) and tables where they are missing.
    ///
    /// Safe to call from several processes at once; any may be first.
    /// - Throws: ``StoreError/unavailable(reason:)``, also where the tables are those of a newer version;
    ///   ``StoreError/otherCodeCase(_:)``.
    package static func open(path: String, configuration: SQLiteConfiguration = .init()) async throws -> SQLiteStore {
        let deadline = ContinuousClock.now + configuration.busyTimeout
        while true {
            do {
                let (pool, bulkPool, codeCase, index) = try await onBlockingThread {
                    let (pool, codeCase) = try openPool(path: path, configuration: configuration)
                    let index = try SearchIndex.open(pool)
                    return (pool, try DatabasePool(path: path, configuration: .bulk(configuration)), codeCase, index)
                }
                return SQLiteStore(
                    pool: pool, codeCase: codeCase, index: index, bulkPool: bulkPool, groupedWrites: .writes(pool),
                    groupedReads: .reads(pool), busyTimeout: configuration.busyTimeout,
                    turnTimeout: configuration.turnTimeout, file: SQLiteFile.identity(path))
            } catch let error as DatabaseError where error.isBusy && ContinuousClock.now < deadline {
                // The change to WAL mode does not wait for other connections as transactions do.
                try await Task.sleep(for: .milliseconds(20))
            } catch let error as DatabaseError {
                throw StoreError(error, path: path)
            }
        }
    }

    /// Waits for running transactions and closes all connections. Later calls throw ``StoreError``.
    package func close() async throws {
        let (pool, bulkPool) = (pool, bulkPool)
        do {
            try await Self.onBlockingThread {
                try bulkPool.close()
                // Else the log keeps what was written last, and a copy of the database file alone would lack it.
                _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                try pool.close()
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: pool.path)
        }
    }

    /// Which connections a read uses.
    enum ReadLane: Sendable {
        /// For reads that find few rows by an index: what redirects and authentication wait for.
        case prompt
        /// For reads whose work grows with what the database holds.
        case bulk
    }

    /// Runs `body` on a snapshot of the database.
    ///
    /// Cancelling the task interrupts the statement that runs (`sqlite3_interrupt`), and throws `CancellationError`.
    func read<Value: Sendable>(
        _ lane: ReadLane, _ body: @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + turnTimeout
        do {
            return try await (lane == .prompt ? pool : bulkPool).read { database in
                try checkTurn(before: deadline)
                return try body(database)
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: pool.path)
        }
    }

    /// Finds a few rows by an index, on a snapshot that it may share with others (``GroupedCalls``).
    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + turnTimeout
        do {
            return try await groupedReads.run(admit: { try checkTurn(before: deadline) }, body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: pool.path)
        }
    }

    /// Which transaction a write has.
    enum WriteTurn: Sendable {
        /// One of its own. Cancelling the task interrupts the statement that runs, and nothing is changed.
        case alone
        /// One that it may share with others, for writes of a few rows: a click, a link (``GroupedCalls``).
        case shared
    }

    /// Runs `body` in an IMMEDIATE transaction, which is committed unless `body` throws. It may run twice, if nothing is left
    /// of the first time.
    func write<Value: Sendable>(
        _ turn: WriteTurn = .alone, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + turnTimeout
        do {
            switch turn {
            case .alone:
                return try await pool.writeWithoutTransaction { database in
                    try checkTurn(before: deadline)
                    return try database.transaction(body)
                }
            case .shared:
                return try await groupedWrites.run(admit: { try checkTurn(before: deadline) }, body)
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: pool.path)
        }
    }

    /// Writes the log into the database file and cuts it to nothing, so that no page as it was before is left in it.
    ///
    /// Others cannot write meanwhile, so it waits only a moment for those who still read such pages.
    /// - Throws: ``StoreError/unavailable(reason:)`` where they have not finished by then.
    func emptyLog() async throws {
        let usual = Int(busyTimeout / .milliseconds(1))
        do {
            try await pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA busy_timeout = \(Self.patienceWithReaders)")
                defer { try? database.execute(sql: "PRAGMA busy_timeout = \(usual)") }
                try database.checkpoint(.truncate)
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: pool.path)
        }
    }

    /// Fails where a turn came too late: whoever waited before must have used it up in vain; or for another file.
    private func checkTurn(before deadline: ContinuousClock.Instant) throws(StoreError) {
        guard ContinuousClock.now < deadline else {
            throw .unavailable(reason: "others waited for the database for too long")
        }
        guard file == SQLiteFile.identity(pool.path) else {
            throw .unavailable(reason: "\(pool.path) was moved or replaced")
        }
    }

    private static func openPool(path: String, configuration: SQLiteConfiguration) throws -> (DatabasePool, CodeCase) {
        try SQLiteFile.create(path)
        let pool = try DatabasePool(path: path, configuration: Configuration(configuration))
        // After opening, because GRDB sets NORMAL together with WAL mode.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try SchemaMigrator.migrate(pool)
        if let source = try pool.read(CopyMark.source) { throw CopyMark.problem(source: source) }
        let codeCase = try CodeCaseSetting.settle(
            configuration.codeCase, chooses: configuration.choosesCodeCase, pool)
        return (pool, codeCase)
    }

    static func onBlockingThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}

extension Database {
    /// Runs `body` in a transaction of the default kind (IMMEDIATE for a pool's writer), and commits.
    fileprivate func transaction<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try inTransaction {
            value = try body(self)
            return .commit
        }
        guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }
}

extension Configuration {
    /// For connections that only read.
    fileprivate static func bulk(_ configuration: SQLiteConfiguration) -> Configuration {
        var bulk = Configuration(configuration)
        bulk.readonly = true
        bulk.maximumReaderCount = configuration.maximumBulkReaders
        bulk.label = "shrinkr-bulk"
        return bulk
    }

    fileprivate init(_ configuration: SQLiteConfiguration) {
        self.init()
        busyMode = .timeout(configuration.busyTimeout / .seconds(1))
        maximumReaderCount = configuration.maximumReaders
        persistentReadOnlyConnections = true
        label = "shrinkr"
        prepareDatabase { database in
            // A long transaction leaves a long log behind, which would otherwise keep its size for ever.
            try database.execute(sql: "PRAGMA journal_size_limit = \(64 * 1_024 * 1_024)")
            // What is deleted leaves no bytes behind in the file, whatever the library was built with.
            try database.execute(sql: "PRAGMA secure_delete = ON")
        }
    }
}

/// How an SQLite database is used.
package struct SQLiteConfiguration: Hashable, Sendable {
    /// How long a transaction waits for another process to finish its own before it fails.
    package var busyTimeout: Duration
    /// How long a call waits for its turn within this process, while others use the connections, before it fails.
    package var turnTimeout: Duration
    /// Most reads at a time that find their rows by an index, as redirects and authentication do; further ones wait.
    /// Each has a connection of its own.
    package var maximumReaders: Int
    /// Most reads at a time whose work grows with what the database holds: lists, searches, statistics, reports. Their
    /// connections are others, so that they keep nobody from being redirected.
    package var maximumBulkReaders: Int
    /// The rule for codes that differ by case alone, given to a new database; any other than a database has makes opening it
    /// fail. Nil takes what there is, or the default.
    package var codeCase: CodeCase?
    /// Whether a database without a rule gets the default one where ``codeCase`` is nil: only for a program that makes
    /// links. Else it stays open which rule the database will have, and the default holds for this process.
    package var choosesCodeCase: Bool

    package init(
        busyTimeout: Duration = .seconds(5), turnTimeout: Duration = .seconds(5), maximumReaders: Int = 4,
        maximumBulkReaders: Int = 4, codeCase: CodeCase? = nil, choosesCodeCase: Bool = true
    ) {
        self.busyTimeout = busyTimeout
        self.turnTimeout = turnTimeout
        self.maximumReaders = maximumReaders
        self.maximumBulkReaders = maximumBulkReaders
        self.codeCase = codeCase
        self.choosesCodeCase = choosesCodeCase
    }
}

extension SQLiteStore: Store {}
