package import ShrinkrCore

/// How an SQLite database is used.
package struct SQLiteConfiguration: Hashable, Sendable {
    /// How long a transaction waits for another process to finish its own before it fails.
    package var busyTimeout: Duration
    /// How long a call waits for its turn within this process, while others use the connections, before it fails.
    package var turnTimeout: Duration
    /// Most reads at a time; further ones wait. Each has a connection of its own.
    package var maximumReaders: Int
    /// The rule for codes that differ by case alone, given to a new database; any other than a database has makes opening it
    /// fail. Nil takes what there is, or the default.
    package var codeCase: CodeCase?

    package init(
        busyTimeout: Duration = .seconds(5), turnTimeout: Duration = .seconds(5), maximumReaders: Int = 4,
        codeCase: CodeCase? = nil
    ) {
        self.busyTimeout = busyTimeout
        self.turnTimeout = turnTimeout
        self.maximumReaders = maximumReaders
        self.codeCase = codeCase
    }
}
