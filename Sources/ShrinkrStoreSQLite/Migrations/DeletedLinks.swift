extension SchemaMigrator {
    /// Migration 4: finds the deleted links that can be restored. They keep their settings until they are erased; those
    /// deleted before this migration are erased.
    static let deletedLinks = """
        CREATE INDEX links_deleted ON links (id) WHERE deleted_at IS NOT NULL AND url IS NOT NULL;
        """
}
