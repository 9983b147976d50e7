extension SchemaMigrator {
    /// Migration: links that `reuse` may return are found by an index that holds no others, so that links without a
    /// visit left are not read one by one while nobody else can write.
    static let reusableLinks = """
        DROP INDEX links_by_settings;
        CREATE INDEX links_to_reuse ON links (settings_hash)
            WHERE deleted_at IS NULL AND (maximum_visits IS NULL OR visits_used < maximum_visits);
        """
}
