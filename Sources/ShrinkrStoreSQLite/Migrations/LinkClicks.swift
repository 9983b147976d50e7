extension SchemaMigrator {
    /// Migration: how often each link was followed and when last, so that lists show it and are sorted by it.
    ///
    /// Triggers keep it, within the transactions that change what it follows from: it is neither copied nor written
    /// otherwise. Every link that was not erased has a row.
    static let linkClicks = """
        CREATE TABLE link_clicks (
            link_id INTEGER PRIMARY KEY REFERENCES links (id) ON DELETE CASCADE ON UPDATE CASCADE,
            people INTEGER NOT NULL DEFAULT 0,
            bots INTEGER NOT NULL DEFAULT 0,
            clicks INTEGER NOT NULL AS (people + bots),
            last_bucket INTEGER NOT NULL DEFAULT -1, -- of the last click; -1 where there is none
            deleted INTEGER NOT NULL -- as links.deleted_at says
        ) STRICT, WITHOUT ROWID;

        INSERT INTO link_clicks (link_id, people, bots, last_bucket, deleted)
            SELECT id, coalesce(sum(people), 0), coalesce(sum(bots), 0),
                coalesce(max(CASE WHEN people + bots > 0 THEN bucket END), -1), deleted_at IS NOT NULL
            FROM links LEFT JOIN clicks_by_bucket AS counts ON counts.code = links.code
            WHERE url IS NOT NULL GROUP BY id;

        CREATE INDEX link_clicks_by_clicks ON link_clicks (deleted, clicks, link_id);
        CREATE INDEX link_clicks_by_time ON link_clicks (deleted, last_bucket, link_id);

        CREATE TRIGGER link_clicks_of_new_link AFTER INSERT ON links WHEN new.url IS NOT NULL BEGIN
            INSERT INTO link_clicks (link_id, deleted) VALUES (new.id, new.deleted_at IS NOT NULL);
        END;
        CREATE TRIGGER link_clicks_of_deleted_link AFTER UPDATE OF deleted_at ON links BEGIN
            UPDATE link_clicks SET deleted = new.deleted_at IS NOT NULL WHERE link_id = new.id;
        END;
        CREATE TRIGGER link_clicks_of_erased_link AFTER UPDATE OF url ON links WHEN new.url IS NULL BEGIN
            DELETE FROM link_clicks WHERE link_id = new.id;
        END;
        CREATE TRIGGER link_clicks_of_new_bucket AFTER INSERT ON clicks_by_bucket WHEN new.people + new.bots > 0 BEGIN
            UPDATE link_clicks SET people = people + new.people, bots = bots + new.bots,
                last_bucket = max(last_bucket, new.bucket)
            WHERE link_id = (SELECT id FROM links WHERE code = new.code);
        END;
        CREATE TRIGGER link_clicks_of_first_clicks AFTER UPDATE OF people, bots ON clicks_by_bucket
            WHEN old.people + old.bots = 0 AND new.people + new.bots > 0 BEGIN
            UPDATE link_clicks SET people = people + new.people, bots = bots + new.bots,
                last_bucket = max(last_bucket, new.bucket)
            WHERE link_id = (SELECT id FROM links WHERE code = new.code);
        END;
        -- The last click cannot have been before this bucket, so only one index changes.
        CREATE TRIGGER link_clicks_of_more_clicks AFTER UPDATE OF people, bots ON clicks_by_bucket
            WHEN old.people + old.bots > 0 AND new.people + new.bots > old.people + old.bots BEGIN
            UPDATE link_clicks SET people = people + new.people - old.people, bots = bots + new.bots - old.bots
            WHERE link_id = (SELECT id FROM links WHERE code = new.code);
        END;
        """
}
