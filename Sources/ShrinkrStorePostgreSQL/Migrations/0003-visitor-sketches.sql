-- kind: expand
--
-- Visitors as sketches (`VisitorSketch`) of each link and hour. The tables that hold visitors one by one stay: workers of
-- the release before go on writing them, and `visitor_counts`, while others make sketches. Rows of `visitor_sketches` are
-- locked after those of `clicks_by_bucket`, those of `visitor_days` after them, and then those of `visitor_counts`.

CREATE TABLE visitor_sketches (
    hour integer NOT NULL, -- since 1970-01-01
    code text COLLATE "C" NOT NULL, -- '' for all links together, which are locked last
    sketch bytea NOT NULL, -- at most 2,561 bytes
    PRIMARY KEY (code, hour)
) WITH (fillfactor = 70);
-- A sketch has nothing to compress, and three of the largest fit on a page.
ALTER TABLE visitor_sketches ALTER COLUMN sketch SET STORAGE PLAIN;

CREATE TABLE visitor_days ( -- the same for past hours, those of a day together
    day integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    hours bytea NOT NULL, -- VisitorHours
    PRIMARY KEY (code, day)
);
ALTER TABLE visitor_days ALTER COLUMN hours SET STORAGE EXTERNAL;
CREATE INDEX visitor_days_by_day ON visitor_days (day);

-- So many of the visitors are in sketches, too: those that a worker of the release before has counted.
ALTER TABLE visitor_counts ADD COLUMN sketched bigint NOT NULL DEFAULT 0;
ALTER TABLE visitor_counts ADD COLUMN estimated boolean NOT NULL DEFAULT false;
