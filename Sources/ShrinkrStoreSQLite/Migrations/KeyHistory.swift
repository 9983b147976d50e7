extension SchemaMigrator {
    /// Who made a key (`key:<id>`, `bootstrap`, `loopback`, `command-line`) and when it was last used.
    static let keyHistory = """
        ALTER TABLE api_keys ADD COLUMN created_by TEXT;
        ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
        """
}
