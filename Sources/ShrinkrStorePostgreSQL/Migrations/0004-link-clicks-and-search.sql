-- kind: expand
--
-- How often each link was followed and when last, so that lists show it and are sorted by it; and what is searched of it.
-- Of clicks: every link that was not erased has a row. Triggers keep it, within the transactions that change what it follows from: also those of programs
-- of the release before, and of copies. Its rows are locked after those of `links` and `clicks_by_bucket`, in the order
-- of their key.

CREATE TABLE link_clicks (
    link_id bigint PRIMARY KEY,
    people bigint NOT NULL,
    bots bigint NOT NULL,
    clicks bigint NOT NULL GENERATED ALWAYS AS (people + bots) STORED,
    last_bucket integer NOT NULL, -- of the last click; -1 where there is none
    deleted boolean NOT NULL -- as links.deleted_at says
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX link_clicks_by_clicks ON link_clicks (deleted, clicks, link_id);
CREATE INDEX link_clicks_by_time ON link_clicks (deleted, last_bucket, link_id);

-- What is searched of each link that was not erased: a text that programs make (SearchText). A program of the release before
-- makes none, so triggers say where one is missing or was made of another version of the link.
CREATE TABLE link_texts (
    link_id bigint PRIMARY KEY,
    version bigint NOT NULL, -- of the link that the text was made of
    text text COLLATE "C" -- NULL until it is made
) WITH (fillfactor = 90);
CREATE INDEX link_texts_to_make ON link_texts (link_id) WHERE text IS NULL;

-- The index of texts needs an extension. Where that may not be made, searches read all texts.
CREATE PROCEDURE make_search_index() LANGUAGE plpgsql AS $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXECUTE format('CREATE INDEX IF NOT EXISTS link_texts_by_trigram ON link_texts USING gin (text %s.gin_trgm_ops) '
        'WITH (gin_pending_list_limit = 1024)',
        (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pg_trgm'));
EXCEPTION WHEN others THEN
    -- Conflicts, full disks, locks and cancellations pass.
    IF left(sqlstate, 2) IN ('40', '53', '55', '57') THEN
        RAISE;
    END IF;
    RAISE WARNING 'searches will read all links: %', sqlerrm;
END $$;
CALL make_search_index();

-- Functions that write these tables do it as their owner: a role of the release before may have no right to them.
CREATE FUNCTION follow_new_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO link_clicks (link_id, people, bots, last_bucket, deleted)
    SELECT id, 0, 0, -1, deleted_at IS NOT NULL FROM new_links WHERE url IS NOT NULL ORDER BY id;
    -- Programs of this release have saved the text in the same statement.
    INSERT INTO link_texts (link_id, version) SELECT id, version FROM new_links WHERE url IS NOT NULL ORDER BY id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_new_links AFTER INSERT ON links REFERENCING NEW TABLE AS new_links
    FOR EACH STATEMENT EXECUTE FUNCTION follow_new_links();

CREATE FUNCTION follow_changed_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    IF new.url IS NULL THEN
        DELETE FROM link_clicks WHERE link_id = new.id;
        DELETE FROM link_texts WHERE link_id = new.id;
    ELSE
        UPDATE link_clicks SET deleted = new.deleted_at IS NOT NULL
        WHERE link_id = new.id AND deleted <> (new.deleted_at IS NOT NULL);
        UPDATE link_texts SET text = NULL WHERE link_id = new.id AND version <> new.version;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER follow_changed_link AFTER UPDATE OF url, deleted_at, version ON links FOR EACH ROW
    WHEN (new.url IS NULL OR old.deleted_at IS DISTINCT FROM new.deleted_at OR old.version <> new.version)
    EXECUTE FUNCTION follow_changed_link();

-- Counts are added by INSERT … ON CONFLICT DO UPDATE. After it the trigger for updates comes first, then that for inserts
-- (chapter "Overview of Trigger Behavior"). The first leaves what it has seen to the second, so that all rows of one
-- statement are locked in one order.
CREATE FUNCTION link_clicks_of_updated_buckets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('shrinkr.updated_buckets', (
        SELECT coalesce(json_agg(added), '[]')::text FROM (
            SELECT code, bucket, sum(people) AS people, sum(bots) AS bots FROM (
                SELECT code, bucket, people, bots FROM new_buckets
                UNION ALL SELECT code, bucket, -people, -bots FROM old_buckets) AS both_sides
            GROUP BY code, bucket HAVING sum(people + bots) > 0) AS added), true);
    RETURN NULL;
END $$;
CREATE TRIGGER link_clicks_of_updated_buckets AFTER UPDATE ON clicks_by_bucket
    REFERENCING OLD TABLE AS old_buckets NEW TABLE AS new_buckets
    FOR EACH STATEMENT EXECUTE FUNCTION link_clicks_of_updated_buckets();

-- Plans are made once for a session, so they must not follow from how much the first statement has added.
CREATE FUNCTION link_clicks_of_new_buckets() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    ids bigint[];
    more_people bigint[];
    more_bots bigint[];
    buckets integer[];
    known integer;
BEGIN
    SELECT array_agg(id ORDER BY id), array_agg(people ORDER BY id), array_agg(bots ORDER BY id),
        array_agg(bucket ORDER BY id)
    INTO ids, more_people, more_bots, buckets
    FROM (
        SELECT links.id, sum(added.people)::bigint AS people, sum(added.bots)::bigint AS bots, max(added.bucket) AS bucket
        FROM (
            SELECT code, bucket, people, bots FROM new_buckets
            UNION ALL
            SELECT * FROM json_to_recordset(nullif(current_setting('shrinkr.updated_buckets', true), '')::json)
                AS updated (code text, bucket integer, people bigint, bots bigint)) AS added
        -- The two keys that a code may have.
        JOIN links ON links.code_key = ANY (ARRAY[added.code, lower(added.code)]) AND links.code = added.code
        WHERE added.people + added.bots > 0 AND links.url IS NOT NULL GROUP BY links.id) AS by_link;
    PERFORM set_config('shrinkr.updated_buckets', '', true);
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;

    PERFORM FROM link_clicks WHERE link_id = ANY (ids) ORDER BY link_id FOR NO KEY UPDATE;
    GET DIAGNOSTICS known = ROW_COUNT;
    IF known < cardinality(ids) THEN
        -- Links from before this step that are not filled in yet: with all that was counted before this statement.
        INSERT INTO link_clicks (link_id, people, bots, last_bucket, deleted)
        SELECT links.id, coalesce(before.people, 0) - added.people, coalesce(before.bots, 0) - added.bots,
            coalesce(before.bucket, -1), links.deleted_at IS NOT NULL
        FROM unnest(ids, more_people, more_bots) AS added (id, people, bots) JOIN links USING (id)
        CROSS JOIN LATERAL (
            SELECT sum(people)::bigint AS people, sum(bots)::bigint AS bots, max(bucket) AS bucket
            FROM clicks_by_bucket WHERE code = links.code AND people + bots > 0) AS before
        WHERE links.url IS NOT NULL AND NOT EXISTS (SELECT FROM link_clicks WHERE link_id = links.id)
        ORDER BY links.id FOR SHARE OF links
        ON CONFLICT DO NOTHING;
    END IF;
    UPDATE link_clicks AS own SET people = own.people + added.people, bots = own.bots + added.bots,
        last_bucket = greatest(own.last_bucket, added.bucket)
    FROM unnest(ids, more_people, more_bots, buckets) AS added (id, people, bots, bucket) WHERE own.link_id = added.id;
    RETURN NULL;
END $$;
CREATE TRIGGER link_clicks_of_new_buckets AFTER INSERT ON clicks_by_bucket REFERENCING NEW TABLE AS new_buckets
    FOR EACH STATEMENT EXECUTE FUNCTION link_clicks_of_new_buckets();

-- Makes the rows of links from before this step, a thousand links at a time. Whose clicks are counted meanwhile gets its row by
-- the trigger, and nothing here. Links are locked, so that none is deleted unseen.
CREATE PROCEDURE fill_in_links() LANGUAGE plpgsql AS $$
DECLARE
    start bigint := 0;
    beyond bigint := (SELECT coalesce(max(id), 0) FROM links);
BEGIN
    WHILE start < beyond LOOP
        INSERT INTO link_clicks (link_id, people, bots, last_bucket, deleted)
        SELECT links.id, coalesce(counted.people, 0), coalesce(counted.bots, 0), coalesce(counted.bucket, -1),
            links.deleted_at IS NOT NULL
        FROM links CROSS JOIN LATERAL (
            SELECT sum(people)::bigint AS people, sum(bots)::bigint AS bots, max(bucket) AS bucket
            FROM clicks_by_bucket WHERE code = links.code AND people + bots > 0) AS counted
        WHERE links.id > start AND links.id <= start + 1000 AND links.url IS NOT NULL
            AND NOT EXISTS (SELECT FROM link_clicks WHERE link_id = links.id)
        ORDER BY links.id FOR SHARE OF links
        ON CONFLICT DO NOTHING;
        INSERT INTO link_texts (link_id, version)
        SELECT id, version FROM links WHERE id > start AND id <= start + 1000 AND url IS NOT NULL ORDER BY id FOR SHARE
        ON CONFLICT DO NOTHING;
        COMMIT;
        start := start + 1000;
    END LOOP;
END $$;
