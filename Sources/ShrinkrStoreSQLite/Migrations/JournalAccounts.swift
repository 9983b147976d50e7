extension SchemaMigrator {
    /// Migration: what journals say of themselves, and what was counted of each, so that the ledger can be drawn up.
    static let journalAccounts = """
        CREATE TABLE journal_accounts ( -- since the journal was made, by its last announcement
            journal TEXT NOT NULL PRIMARY KEY,
            announced_at INTEGER NOT NULL,
            answered INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            lost INTEGER NOT NULL,
            dropped INTEGER NOT NULL,
            published INTEGER NOT NULL,
            published_through INTEGER NOT NULL, -- frame
            complete INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE journal_gaps ( -- frames that will never be sent
            journal TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            noticed_at INTEGER NOT NULL,
            PRIMARY KEY (journal, first)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE journal_counts ( -- clicks of counted frames
            journal TEXT NOT NULL PRIMARY KEY,
            counted INTEGER NOT NULL,
            orphaned INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
