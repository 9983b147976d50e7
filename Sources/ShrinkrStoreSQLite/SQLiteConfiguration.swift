package import ShrinkrCore

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

    package init(
        busyTimeout: Duration = .seconds(5), turnTimeout: Duration = .seconds(5), maximumReaders: Int = 4,
        maximumBulkReaders: Int = 4, codeCase: CodeCase? = nil
    ) {
        self.busyTimeout = busyTimeout
        self.turnTimeout = turnTimeout
        self.maximumReaders = maximumReaders
        self.maximumBulkReaders = maximumBulkReaders
        self.codeCase = codeCase
    }
}
