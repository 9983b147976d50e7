extension SchemaMigrator {
    /// Migration: what is chosen once for a database. One that has links from before was made for codes without regard to
    /// case. From here on `links.folded` is the key of a code by that rule (`CodeCase.key`).
    static let databaseSettings = """
        CREATE TABLE database_settings (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO database_settings (name, value)
            SELECT 'code_case', 'insensitive' WHERE EXISTS (SELECT 1 FROM links);
        """
}
