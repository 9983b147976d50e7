extension SchemaMigrator {
    /// Migration: several processes may hold copies of one journal; frames of which only the beginning is counted;
    /// journals that are done with are folded into one sum.
    static let journalHolders = """
        CREATE TABLE journal_holders ( -- JournalProgress of each holder of each journal
            journal TEXT NOT NULL,
            holder TEXT NOT NULL, -- the journal of the process that speaks
            open_frame INTEGER,
            open_partial TEXT, -- clicks of its partial frames: `7:12,9:1`
            open_time INTEGER,
            open_last INTEGER,
            next_frame INTEGER,
            next_partial TEXT,
            next_time INTEGER,
            next_last INTEGER,
            counted_through INTEGER NOT NULL,
            announced_at INTEGER NOT NULL,
            reach INTEGER NOT NULL, -- the highest frame that was announced
            finished INTEGER NOT NULL,
            PRIMARY KEY (journal, holder)
        ) STRICT, WITHOUT ROWID;

        INSERT INTO journal_holders (journal, holder, open_frame, open_partial, open_time, open_last, next_frame,
            next_partial, next_time, next_last, counted_through, announced_at, reach, finished)
        SELECT journal, journal, open_frame, '', open_time, open_last, next_frame, '', next_time, next_last,
            counted_through, announced_at, coalesce(next_frame, open_frame, 1), finished FROM journals;

        DROP TABLE journals;

        CREATE TABLE partial_frames ( -- of these only so many clicks are counted
            journal TEXT NOT NULL,
            frame INTEGER NOT NULL,
            clicks INTEGER NOT NULL,
            PRIMARY KEY (journal, frame)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE journal_accounts ADD COLUMN final INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE journal_counts ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE folded_journals ( -- one row: the sum of the accounts and counts of folded journals
            answered INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            lost INTEGER NOT NULL,
            dropped INTEGER NOT NULL,
            published INTEGER NOT NULL,
            counted INTEGER NOT NULL,
            orphaned INTEGER NOT NULL,
            journals INTEGER NOT NULL,
            announced_at INTEGER NOT NULL -- of the last one
        ) STRICT;

        INSERT INTO folded_journals VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0);
        """
}
