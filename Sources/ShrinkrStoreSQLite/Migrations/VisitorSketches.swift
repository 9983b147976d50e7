extension SchemaMigrator {
    /// Migration: visitors as sketches (`VisitorSketch`). The tables that hold visitors one by one stay for processes of the
    /// release before that have the file open.
    static let visitorSketches = """
        CREATE TABLE visitor_sketches (
            code TEXT NOT NULL, -- '' for all links together
            hour INTEGER NOT NULL, -- since 1970-01-01
            sketch BLOB NOT NULL,
            PRIMARY KEY (code, hour)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE visitor_days ( -- the same for past hours, those of a day together
            code TEXT NOT NULL,
            day INTEGER NOT NULL,
            hours BLOB NOT NULL, -- VisitorHours
            PRIMARY KEY (code, day)
        ) STRICT;
        CREATE INDEX visitor_days_by_day ON visitor_days (day);

        -- So many of the visitors are in sketches, too: those that an older release has counted.
        ALTER TABLE visitor_counts ADD COLUMN sketched INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE visitor_counts ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;
        """
}
