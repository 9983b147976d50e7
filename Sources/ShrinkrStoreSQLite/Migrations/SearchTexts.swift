extension SchemaMigrator {
    /// Migration: the texts of links that are searched. Programs make them; the index of them is made when the file is
    /// opened, by a library that can (`SearchIndex`).
    static let searchTexts = """
        CREATE TABLE link_texts (
            link_id INTEGER PRIMARY KEY REFERENCES links (id) ON DELETE CASCADE ON UPDATE CASCADE,
            text TEXT -- NULL until it is made
        ) STRICT;
        INSERT INTO link_texts (link_id) SELECT id FROM links WHERE url IS NOT NULL;
        CREATE INDEX link_texts_to_make ON link_texts (link_id) WHERE text IS NULL;
        CREATE TRIGGER link_text_of_new_link AFTER INSERT ON links WHEN new.url IS NOT NULL BEGIN
            INSERT INTO link_texts (link_id) VALUES (new.id);
        END;
        """
}
