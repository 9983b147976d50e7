#if PostgreSQL
import PostgreSQLClient
import ShrinkrStore

/// The lock of all that is kept of some journals: their rows in `journal_counts`, which are made where they are missing.
///
/// Whoever holds it reads what the one before has written, by statements of their own.
struct JournalLock {
    /// Makes the rows in the order of their keys.
    private static let make: PostgreSQLStatement = """
        INSERT INTO journal_counts (journal) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING
        """
    private static let lock: PostgreSQLStatement =
        "SELECT journal, folded FROM journal_counts WHERE journal = ANY ($1) ORDER BY journal FOR NO KEY UPDATE"

    /// The journals, in order.
    let journals: [String]
    // text: a journal's name is a UUID.
    /// Those whose account is folded.
    let folded: Set<String>
    /// What the calls returned.
    let results: [PostgreSQLRows]

    /// Locks the journals, and then makes `calls` in the same round trip.
    // text: a journal's name is a UUID.
    init(_ journals: some Sequence<String>, _ session: PostgreSQLSession, then calls: [PostgreSQLCall] = []) throws {
        self.journals = Set(journals).sorted()  // text: as above.
        let names = PostgreSQLValue(self.journals)
        let opening = [PostgreSQLCall(Self.make, [names]), PostgreSQLCall(Self.lock, [names])]
        while true {
            let results = try session.pipeline(opening + calls)
            // A row may have been deleted between the two statements, by whoever folded the journal.
            guard results[1].count == self.journals.count else { continue }
            folded = Set(try results[1].filter { try $0.bool(1) }.map { try $0.text(0) })
            self.results = Array(results.dropFirst(2))
            return
        }
    }
}
#endif
