extension SchemaMigrator {
    /// Migration: the keys of visitor hashes, each destroyed soon after its day.
    static let visitorKeys = """
        CREATE TABLE visitor_keys (
            day INTEGER PRIMARY KEY, -- days since 1970-01-01
            key BLOB NOT NULL
        ) STRICT;
        """
}
