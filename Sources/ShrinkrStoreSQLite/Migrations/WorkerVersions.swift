extension SchemaMigrator {
    /// Migration: workers say which versions of frames they read, and which clicks were counted by such workers.
    static let workerVersions = """
        CREATE TABLE worker_versions (
            worker TEXT NOT NULL PRIMARY KEY, -- a UUID, new for each start
            frame_version INTEGER NOT NULL, -- the newest that it reads
            expires_at INTEGER NOT NULL -- by the machine's clock
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE journal_counts ADD COLUMN announced INTEGER NOT NULL DEFAULT 0; -- clicks of both kinds, by such workers
        """
}
