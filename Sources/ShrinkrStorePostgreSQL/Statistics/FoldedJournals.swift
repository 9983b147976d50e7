#if PostgreSQL
import PostgreSQLClient
import ShrinkrBase
import ShrinkrStore

/// The sum of the journals that are done with; see `StatsStore.foldJournals(finishedBefore:silentBefore:)`.
enum FoldedJournals {
    /// Most journals that one transaction folds.
    static let atATime = 100

    private static let isDone = """
        HAVING max(announced_at) < $1 OR bool_and(finished OR reach = 0) AND max(announced_at) < $2
        """
    private static let find = PostgreSQLStatement(
        "SELECT journal FROM journal_holders GROUP BY journal \(isDone) LIMIT \(atATime)")
    private static let findAgain = PostgreSQLStatement(
        "SELECT journal FROM journal_holders WHERE journal = ANY ($3) GROUP BY journal \(isDone)")
    /// Whose account is folded already may have been spoken of again.
    private static let add: PostgreSQLStatement = """
        UPDATE folded_journals AS own SET answered = own.answered + part.answered,
            recorded = own.recorded + part.recorded, lost = own.lost + part.lost, dropped = own.dropped + part.dropped,
            published = own.published + part.published, counted = own.counted + part.counted,
            orphaned = own.orphaned + part.orphaned, journals = own.journals + part.journals,
            announced_at = greatest(own.announced_at, part.announced_at)
        FROM (SELECT sum(answered)::bigint AS answered, sum(recorded)::bigint AS recorded, sum(lost)::bigint AS lost,
                sum(dropped)::bigint AS dropped, sum(published)::bigint AS published, sum(counted)::bigint AS counted,
                sum(orphaned)::bigint AS orphaned, count(*) AS journals, max(announced_at) AS announced_at
            FROM journal_accounts JOIN journal_counts USING (journal) WHERE journal = ANY ($1)
            HAVING count(*) > 0) AS part
        """
    private static let mark: PostgreSQLStatement = """
        UPDATE journal_counts SET counted = 0, orphaned = 0, folded = true
        WHERE journal = ANY ($1) AND EXISTS (SELECT FROM journal_accounts AS own WHERE own.journal = journal_counts.journal)
        """
    private static let deleteHolders: PostgreSQLStatement = "DELETE FROM journal_holders WHERE journal = ANY ($1)"
    private static let deleteAccounts: PostgreSQLStatement = "DELETE FROM journal_accounts WHERE journal = ANY ($1)"
    /// Rows that were made to be locked, of journals that have nothing.
    private static let deleteLocks: PostgreSQLStatement = """
        DELETE FROM journal_counts WHERE journal = ANY ($1) AND NOT folded AND counted = 0 AND orphaned = 0
            AND NOT EXISTS (SELECT FROM ledger_ranges AS own WHERE own.journal = journal_counts.journal)
        """
    private static let select: PostgreSQLStatement = """
        SELECT answered, recorded, lost, dropped, published, counted, orphaned, announced_at FROM folded_journals
        WHERE journals > 0
        """

    /// The sum as one ledger; nil while nothing is folded.
    static func ledger(_ session: PostgreSQLSession) throws -> JournalLedger? {
        try session.query(select).first.map { row in
            JournalLedger(
                journal: JournalLedger.folded,
                account: JournalAccount(
                    answered: Int(try row.int(0)), recorded: Int(try row.int(1)), lost: Int(try row.int(2)),
                    dropped: Int(try row.int(3)), published: Int(try row.int(4)), publishedThrough: 0),
                announcedAt: Timestamp(milliseconds: try row.int(7)), isFinal: true, counted: Int(try row.int(5)),
                orphaned: Int(try row.int(6)), held: [])
        }
    }

    /// Folds some journals.
    ///
    /// - Returns: how many were folded, and whether there may be more.
    static func fold(
        finishedBefore: Timestamp, silentBefore: Timestamp, _ session: PostgreSQLSession
    ) throws -> (folded: Int, isMore: Bool) {
        let limits: [PostgreSQLValue] = [.int(silentBefore.milliseconds), .int(finishedBefore.milliseconds)]
        let found = try session.query(find, limits).map { try $0.text(0) }
        if found.isEmpty { return (0, false) }
        // What was said until they were locked counts.
        let again = PostgreSQLCall(findAgain, limits + [.init(found)])
        let lock = try JournalLock(found, session, then: [again])
        let done = try lock.results.last?.map { try $0.text(0) } ?? []
        if !done.isEmpty {
            try session.pipeline(
                [add, mark, deleteHolders, deleteAccounts, deleteLocks].map { PostgreSQLCall($0, [.init(done)]) })
        }
        return (done.count, found.count == atATime && !done.isEmpty)
    }
}
#endif
