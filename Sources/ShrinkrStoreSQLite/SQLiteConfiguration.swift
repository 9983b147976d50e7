/// How an SQLite database is used.
package struct SQLiteConfiguration: Hashable, Sendable {
    /// How long a transaction waits for another process to finish its own before it fails.
    package var busyTimeout: Duration
    /// Most reads at a time; further ones wait. Each has a connection of its own.
    package var maximumReaders: Int

    package init(busyTimeout: Duration = .seconds(5), maximumReaders: Int = 4) {
        self.busyTimeout = busyTimeout
        self.maximumReaders = maximumReaders
    }
}
