extension SchemaMigrator {
    /// Migration 1. Times are milliseconds, buckets quarters of an hour since 1970-01-01T00:00:00Z.
    ///
    /// Counts are ordered by time first: the rows that a worker changes at one time lie on few pages, so a transaction
    /// writes little. What is asked by link goes through an index that only new rows change.
    static let initialSchema = linkTables + accessTables + countTables + ledgerTables

    /// A deleted link keeps its code, so that it is never issued again; an erased one loses what it led to.
    private static let linkTables = """
        CREATE TABLE links (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of creation
            code TEXT NOT NULL UNIQUE,
            folded TEXT NOT NULL UNIQUE, -- codes that differ by case only are the same
            change_position INTEGER NOT NULL UNIQUE, -- the change feed: position of the link's newest change
            url TEXT,
            title TEXT,
            redirect_status INTEGER NOT NULL,
            forward_query INTEGER NOT NULL,
            enabled INTEGER NOT NULL,
            starts_at INTEGER,
            expires_at INTEGER,
            maximum_visits INTEGER,
            visits_used INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            settings_hash INTEGER NOT NULL, -- finds links with equal settings
            deleted_at INTEGER
        ) STRICT;
        CREATE INDEX links_by_settings ON links (settings_hash) WHERE deleted_at IS NULL;

        CREATE TABLE link_tags (
            link_id INTEGER NOT NULL REFERENCES links (id),
            tag TEXT NOT NULL,
            PRIMARY KEY (link_id, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX link_tags_by_tag ON link_tags (tag, link_id);

        """

    private static let accessTables = """
        CREATE TABLE idempotency_keys (
            key BLOB NOT NULL UNIQUE,
            fingerprint BLOB NOT NULL,
            token BLOB NOT NULL,
            reserved_at INTEGER NOT NULL,
            answer BLOB -- NULL while the request is at work
        ) STRICT;
        CREATE INDEX idempotency_keys_by_time ON idempotency_keys (reserved_at);

        CREATE TABLE api_keys (
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            scopes TEXT NOT NULL, -- with spaces between
            secret_hash BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER
        ) STRICT;

        """

    private static let countTables = """
        CREATE TABLE clicks_by_bucket (
            bucket INTEGER NOT NULL,
            code TEXT NOT NULL,
            people INTEGER NOT NULL,
            bots INTEGER NOT NULL,
            PRIMARY KEY (bucket, code)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX clicks_by_bucket_of_link ON clicks_by_bucket (code, bucket);

        CREATE TABLE clicks_by_value (
            bucket INTEGER NOT NULL,
            code TEXT NOT NULL,
            dimension INTEGER NOT NULL,
            value TEXT NOT NULL,
            people INTEGER NOT NULL,
            bots INTEGER NOT NULL,
            PRIMARY KEY (bucket, code, dimension, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX clicks_by_value_of_link ON clicks_by_value (code, dimension, bucket);

        CREATE TABLE link_visitors (
            day INTEGER NOT NULL,
            code TEXT NOT NULL,
            visitor INTEGER NOT NULL,
            hours INTEGER NOT NULL, -- hour 0 in the lowest bit
            PRIMARY KEY (day, code, visitor)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE day_visitors (
            day INTEGER NOT NULL,
            visitor INTEGER NOT NULL,
            PRIMARY KEY (day, visitor)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE visitor_counts ( -- what remains once the visitors themselves are forgotten
            kind INTEGER NOT NULL, -- of the period, as in report_periods
            period INTEGER NOT NULL,
            code TEXT NOT NULL, -- '' for all links together
            visitors INTEGER NOT NULL,
            PRIMARY KEY (kind, period, code)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX visitor_counts_of_link ON visitor_counts (code, kind, period);

        CREATE TABLE report_periods (
            kind INTEGER NOT NULL, -- 1 hour, 2 day
            period INTEGER NOT NULL, -- hours or days since 1970-01-01
            generation INTEGER NOT NULL, -- grows with every change
            reported_generation INTEGER NOT NULL DEFAULT 0,
            claimed_generation INTEGER,
            claimed_until INTEGER,
            PRIMARY KEY (kind, period)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX report_periods_due ON report_periods (kind) WHERE generation > reported_generation;

        """

    private static let ledgerTables = """
        CREATE TABLE ledger_ranges ( -- frames first to last are counted; ranges that touch are one
            journal TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (journal, first)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE ledger_totals (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            frames INTEGER NOT NULL,
            counted INTEGER NOT NULL,
            orphaned INTEGER NOT NULL
        ) STRICT;
        INSERT INTO ledger_totals (id, frames, counted, orphaned) VALUES (1, 0, 0, 0);

        CREATE TABLE journals (
            journal TEXT NOT NULL PRIMARY KEY,
            announced_at INTEGER NOT NULL,
            counted_through INTEGER NOT NULL,
            finished INTEGER NOT NULL,
            open_frame INTEGER,
            open_time INTEGER,
            open_last INTEGER,
            next_frame INTEGER,
            next_time INTEGER,
            next_last INTEGER
        ) STRICT, WITHOUT ROWID;

        """
}
