-- kind: expand
--
-- Workers say which versions of frames they read; APIs send no newer ones.

CREATE TABLE worker_versions (
    expires_at bigint NOT NULL, -- by the server's clock
    frame_version integer NOT NULL, -- the newest that the worker reads
    worker text COLLATE "C" PRIMARY KEY -- a UUID, new for each start
) WITH (fillfactor = 50);

-- Clicks, counted or orphaned, that workers counted which say what they read. A worker of the release before adds nothing
-- here, and so shows that it is there.
ALTER TABLE journal_counts ADD COLUMN announced bigint NOT NULL DEFAULT 0;
