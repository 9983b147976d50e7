/// The tables of a database that is read to be copied. Nobody changes them as long as this is open.
package protocol TableSource: Sendable {
    /// The database as people may read it, without secrets.
    var name: String { get }

    /// How many rows are copied of a table.
    func count(_ table: CopiedTable) async throws -> Int

    /// The rows behind `last` in the order of the key (integers by number, text by its bytes), or the first ones.
    ///
    /// - Parameter limit: Most rows. Fewer than that, and there are no more.
    func rows(of table: CopiedTable, after last: TableRow?, limit: Int) async throws -> [TableRow]

    /// Gives the database back to others.
    func close() async throws
}

/// The tables of a database that a copy is made in. Every call is a transaction.
package protocol TableSink: TableSource {
    /// What the database is an unfinished copy of; nil where it is none.
    func unfinishedCopy() async throws -> String?

    /// Marks the database as an unfinished copy, which no program opens.
    func beginCopy(of source: String) async throws

    /// The row with the highest key: where a copy was ended, it goes on behind it.
    func lastRow(of table: CopiedTable) async throws -> TableRow?

    /// Adds rows: all, or none where it throws. Those of a table that is ``CopiedTable/isReplaced`` take the place of
    /// all that it has.
    func append(_ rows: [TableRow], to table: CopiedTable) async throws

    /// Deletes what an unfinished copy has brought, in all tables.
    func discardCopy() async throws

    /// Sets what follows from the rows, such as the next number of a link, and takes the mark away.
    func finishCopy() async throws
}
