#if PostgreSQL
import Testing

@testable import ShrinkrStorePostgreSQL

@Suite("The rule for migrations", .timeLimit(.minutes(10))) struct MigrationRuleTests {
    /// What the release before uses.
    private static let initial = """
        CREATE TABLE links (id bigint PRIMARY KEY, url text);
        CREATE TABLE "Odd" (id bigint);
        CREATE TABLE clicks (bucket bigint, code text) PARTITION BY RANGE (bucket);
        CREATE INDEX links_by_url ON links (url);
        CREATE VIEW busy AS SELECT id FROM links;
        CREATE PROCEDURE p() LANGUAGE sql AS '';
        """

    private func problems(
        _ sql: String, kind: String = "expand", transaction: Bool = true
    ) throws -> [String] {
        let first = try Migration.made(1, Self.initial)
        let step = try Migration.made(2, sql, kind: kind, transaction: transaction)
        return MigrationRule.findings(in: [first, step]).map(\.problem)
    }

    @Test(
        "refuses what would break the release before, however it is written",
        arguments: [
            ("DROP TABLE links", "drops the table 'links'"),
            ("drop\ttable\nif exists public.links cascade", "drops the table 'links'"),
            ("DROP/**/TABLE/* ; */links", "drops the table 'links'"),
            ("DROP TABLE \"links\"", "drops the table 'links'"),
            ("DROP TABLE \"Odd\"", "drops the table 'Odd'"),
            ("DROP TABLE LINKS", "drops the table 'links'"),
            ("CREATE TABLE a (x int); DROP TABLE a, links", "drops the table 'links'"),
            ("CREATE TABLE IF NOT EXISTS links (id int); DROP TABLE links", "drops the table 'links'"),
            ("SELECT ';'; DROP TABLE links", "drops the table 'links'"),
            ("SELECT $$;$$; DROP TABLE links", "drops the table 'links'"),
            ("-- it's\nDROP TABLE links", "drops the table 'links'"),
            ("DROP TABLE unheard_of", "drops the table 'unheard_of'"),
            ("DROP INDEX links_by_url", "drops the index 'links_by_url'"),
            ("DROP INDEX links_pkey", "drops the index 'links_pkey'"),
            ("DROP VIEW busy", "drops the view 'busy'"),
            ("DROP FUNCTION f(int)", "drops the function 'f'"),
            ("DROP TYPE t", "drops the type 't'"),
            ("DROP SCHEMA public CASCADE", "drops the schema 'public'"),
            ("DROP OWNED BY shrinkr", "drops the owned"),
            ("TRUNCATE links", "takes away rows"),
            ("ALTER TABLE links DROP COLUMN url", "drops a column of 'links'"),
            ("alter table only public.links drop url", "drops a column of 'links'"),
            ("ALTER TABLE IF EXISTS ONLY links * DROP url", "drops a column of 'links'"),
            ("ALTER TABLE links ADD COLUMN note text, DROP COLUMN url", "drops a column of 'links'"),
            ("ALTER TABLE links ADD COLUMN note numeric(3, 2), DROP url", "drops a column of 'links'"),
            ("ALTER TABLE links DROP CONSTRAINT links_pkey", "drops a constraint of 'links'"),
            ("ALTER TABLE links RENAME COLUMN url TO target", "renames what the release before uses of 'links'"),
            ("ALTER TABLE links RENAME TO urls", "renames what"),
            ("ALTER TABLE links RENAME url TO target", "renames what"),
            ("ALTER INDEX links_by_url RENAME TO x", "ALTER INDEX of 'links_by_url'"),
            ("ALTER VIEW busy RENAME TO x", "ALTER VIEW of 'busy'"),
            ("ALTER TABLE links ALTER COLUMN url TYPE varchar(10)", "changes the type of the column 'url' of 'links'"),
            ("ALTER TABLE links ALTER url SET DATA TYPE bytea", "changes the type of"),
            ("ALTER TABLE links ALTER COLUMN \"url\" /* x */ type bytea", "changes the type of"),
            ("ALTER TABLE links ALTER COLUMN url SET NOT NULL", "makes the column 'url' of 'links' NOT NULL"),
            ("ALTER TABLE links ALTER url set\nnot\nnull", "makes the column"),
            ("ALTER TABLE links ALTER url DROP DEFAULT", "changes the column 'url'"),
            ("ALTER TABLE links ALTER id ADD GENERATED ALWAYS AS IDENTITY", "changes the column 'id'"),
            ("ALTER TABLE links ADD COLUMN note text NOT NULL", "adds the column 'note' NOT NULL without DEFAULT"),
            ("ALTER TABLE links ADD note text NOT NULL", "adds the column 'note' NOT NULL"),
            ("ALTER TABLE links ADD IF NOT EXISTS note text NOT NULL", "adds the column 'note' NOT NULL"),
            ("ALTER TABLE links ADD note text NOT/* default */NULL", "adds the column 'note' NOT NULL"),
            ("ALTER TABLE links ADD note text NOT NULL CHECK (note <> 'default')", "adds the column 'note' NOT NULL"),
            ("ALTER TABLE links ADD \"default\" text NOT NULL", "adds the column 'default' NOT NULL"),
            ("ALTER TABLE links ADD note text UNIQUE", "adds the column 'note' with UNIQUE"),
            ("ALTER TABLE links ADD note bigint PRIMARY KEY", "adds the column 'note' with PRIMARY"),
            ("ALTER TABLE links ADD note bigint REFERENCES links (id)", "adds the column 'note' with REFERENCES"),
            ("ALTER TABLE links ADD note text CHECK (note <> '')", "adds the column 'note' with CHECK"),
            (
                "ALTER TABLE links ADD n bigint GENERATED ALWAYS AS (id * 2) STORED",
                "adds the column 'n' with GENERATED"
            ),
            ("ALTER TABLE links ADD n bigserial", "adds the column 'n' of type bigserial"),
            ("ALTER TABLE links ADD n uuid DEFAULT gen_random_uuid()", "with the default gen_random_uuid(…)"),
            ("ALTER TABLE links ADD n float DEFAULT (1 + random())", "with the default random(…)"),
            ("ALTER TABLE links ADD n float DEFAULT \"random\"()", "with the default random(…)"),
            ("CREATE INDEX a ON links (url)", "makes an index on 'links' without CONCURRENTLY"),
            ("create unique index if not exists a on public.links (url)", "makes an index on 'links'"),
            ("CREATE INDEX ON ONLY links (url)", "makes an index on 'links'"),
            ("CREATE INDEX \"concurrently\" ON links (url)", "makes an index on 'links'"),
            ("CREATE INDEX /* CONCURRENTLY */ a ON links (url)", "makes an index on 'links'"),
            ("ALTER TABLE links ADD CONSTRAINT a CHECK (url <> '')", "adds a constraint to 'links' without NOT VALID"),
            ("ALTER TABLE links ADD CHECK (url <> 'NOT VALID')", "adds a constraint to 'links' without NOT VALID"),
            ("ALTER TABLE links ADD CONSTRAINT a CHECK (not valid) -- NOT VALID", "without NOT VALID"),
            ("ALTER TABLE links ADD FOREIGN KEY (id) REFERENCES \"Odd\" (id)", "without NOT VALID"),
            ("ALTER TABLE links ADD UNIQUE (url)", "without NOT VALID"),
            ("ALTER TABLE links ADD PRIMARY KEY (id)", "without NOT VALID"),
            ("ALTER TABLE links SET SCHEMA other", "ALTER TABLE … SET of 'links'"),
            ("ALTER TABLE links SET UNLOGGED", "ALTER TABLE … SET of 'links'"),
            ("ALTER TABLE links OWNER TO somebody", "ALTER TABLE … OWNER of 'links'"),
            ("ALTER TABLE links ENABLE ROW LEVEL SECURITY", "ALTER TABLE … ENABLE of 'links'"),
            ("ALTER TABLE clicks DETACH PARTITION clicks_2026", "ALTER TABLE … DETACH of 'clicks'"),
            ("ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b", "is not known to be harmless"),
            ("ALTER FOREIGN TABLE links DROP COLUMN url", "ALTER FOREIGN"),
            ("ALTER SYSTEM SET fsync = off", "is not known to be harmless"),
            ("CREATE TRIGGER a BEFORE INSERT ON links EXECUTE FUNCTION f()", "CREATE TRIGGER is not known"),
            ("CREATE TRIGGER a AFTER INSERT ON links EXECUTE FUNCTION f()", "CREATE TRIGGER is not known"),
            (
                "CREATE FUNCTION f() RETURNS trigger AS ''; CREATE TRIGGER a BEFORE INSERT ON links EXECUTE FUNCTION f()",
                "CREATE TRIGGER is not known"
            ),
            (
                "CREATE FUNCTION f() RETURNS trigger AS ''; CREATE CONSTRAINT TRIGGER a AFTER INSERT ON links FOR EACH "
                    + "ROW EXECUTE FUNCTION f()", "CREATE CONSTRAINT is not known"
            ),
            ("CREATE RULE a AS ON INSERT TO links DO INSTEAD NOTHING", "CREATE RULE is not known"),
            ("CREATE POLICY a ON links", "CREATE POLICY is not known"),
            ("CREATE EVENT TRIGGER a ON sql_drop EXECUTE FUNCTION f()", "CREATE EVENT is not known"),
            ("SELECT id INTO links2 FROM links", "makes a table by SELECT INTO"),
            ("DO $$ BEGIN EXECUTE 'DROP TABLE links'; END $$", "runs a text that cannot be checked"),
            ("CALL f()", "CALL is not known"), ("REVOKE ALL ON links FROM shrinkr", "REVOKE is not known"),
            ("CLUSTER links", "CLUSTER is not known"), ("REINDEX TABLE links", "is not CONCURRENTLY"),
            ("\\i other.sql", "begins with no word of SQL"), ("(DROP TABLE links)", "begins with no word of SQL"),
        ])
    func harmful(sql: String, problem: String) throws {
        let found = try problems(sql)
        #expect(found.count == 1)
        #expect(found.first?.contains(problem) == true, "\(found)")
    }

    @Test(
        "allows what the release before does not notice",
        arguments: [
            "CREATE TABLE notes (id bigint PRIMARY KEY REFERENCES links (id), text text NOT NULL UNIQUE)",
            "CREATE TABLE notes (id bigint); CREATE INDEX a ON notes (id); ALTER TABLE notes ADD UNIQUE (id)",
            "CREATE TABLE notes (id bigint); ALTER TABLE notes RENAME TO \"Notes\"",
            "CREATE TABLE notes (id bigint); ALTER TABLE notes ALTER id TYPE int, ALTER id SET NOT NULL, DROP id",
            "CREATE TABLE notes (id bigint); DROP TABLE notes",
            "CREATE TABLE notes (id bigint); CREATE INDEX a ON public.notes (id); DROP INDEX a",
            "CREATE TABLE notes (id bigint); CREATE TRIGGER a BEFORE INSERT ON notes EXECUTE FUNCTION f()",
            "CREATE FUNCTION f() RETURNS trigger AS ''; "
                + "CREATE TRIGGER a AFTER UPDATE OF id, url ON links FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE PROCEDURE f() LANGUAGE sql AS ''; CALL f()",
            "CREATE TABLE clicks_2026 PARTITION OF clicks FOR VALUES FROM (0) TO (10)",
            "CREATE INDEX a ON ONLY clicks (code); ALTER INDEX a ATTACH PARTITION b",
            "ALTER TABLE clicks ATTACH PARTITION clicks_2026 FOR VALUES FROM (0) TO (10)",
            "ALTER TABLE links ADD COLUMN note text", "ALTER TABLE links ADD note text NULL",
            "ALTER TABLE links ADD COLUMN IF NOT EXISTS note text NOT NULL DEFAULT 'DROP TABLE links'",
            "ALTER TABLE links ADD note boolean DEFAULT false NOT NULL",
            "ALTER TABLE links ADD note timestamptz NOT NULL DEFAULT now()",
            "ALTER TABLE links ADD change_xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE links ADD a varchar(10) DEFAULT 'x'::varchar(10), ADD b numeric(3, 2) NOT NULL DEFAULT 0",
            "ALTER TABLE links ADD \"drop\" text, ADD COLUMN \"check\" text",
            "ALTER TABLE links ADD CONSTRAINT a CHECK (url <> '') NOT VALID",
            "ALTER TABLE links ADD FOREIGN KEY (id) REFERENCES \"Odd\" (id) NOT\nVALID",
            "ALTER TABLE links ADD CONSTRAINT a UNIQUE USING INDEX links_by_url",
            "ALTER TABLE links VALIDATE CONSTRAINT a",
            "ALTER TABLE links SET (fillfactor = 80), RESET (autovacuum_enabled)",
            "ALTER TABLE links ALTER url SET DEFAULT '', ALTER url SET STATISTICS 100, ALTER url DROP NOT NULL",
            "ALTER TABLE links ALTER url SET (n_distinct = 5)",
            "CREATE VIEW recent AS SELECT id FROM links; DROP VIEW recent",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DROP TABLE links; END $$",
            "CREATE TYPE t AS ENUM ('a'); CREATE SEQUENCE s; CREATE EXTENSION IF NOT EXISTS x; CREATE SCHEMA y",
            "ALTER TYPE t ADD VALUE 'b'",
            "INSERT INTO links SELECT 1, 'DROP TABLE links'", "UPDATE links SET url = 'ALTER TABLE links DROP url'",
            "WITH a AS (DELETE FROM links RETURNING id) SELECT 1",
            "SELECT 1 /* DROP TABLE links; */ -- DROP TABLE links;",
            "COMMENT ON TABLE links IS 'DROP TABLE links'", "GRANT SELECT ON links TO somebody", "ANALYZE links",
            "SET LOCAL work_mem = '64MB'; SELECT 1",
        ])
    func harmless(sql: String) throws {
        #expect(try problems(sql) == [])
    }

    @Test(
        "allows a contract step to take away, and the first step to do what it likes",
        arguments: [
            "DROP TABLE links", "ALTER TABLE links DROP COLUMN url", "DROP INDEX links_by_url",
            "ALTER TABLE links RENAME TO urls", "ALTER TABLE links ALTER url SET NOT NULL",
            "CREATE INDEX a ON links (url)", "ALTER TABLE links ADD UNIQUE (url)", "DO $$ BEGIN NULL; END $$",
        ])
    func excused(sql: String) throws {
        #expect(try problems(sql, kind: "contract of 0001-step") == [])
        #expect(MigrationRule.findings(in: [try .made(1, Self.initial + sql)]) == [])
        #expect(try problems(sql).count == 1)
    }

    @Test(
        "refuses what is not for steps of any kind", arguments: ["expand", "contract of 0001-step"],
        [
            ("BEGIN; SELECT 1", "BEGIN is not for steps"), ("start transaction", "START is not for steps"),
            ("COMMIT", "COMMIT is not for steps"), ("END", "END is not for steps"),
            ("ROLLBACK", "ROLLBACK is not for steps"), ("LOCK TABLE links", "LOCK is not for steps"),
            ("SET lock_timeout = 0", "SET outlives the step"), ("SET SESSION x = 0", "SET outlives the step"),
            ("RESET ALL", "RESET is not for steps"), ("COPY links FROM '/tmp/x'", "COPY is not for steps"),
            ("CREATE INDEX CONCURRENTLY a ON links (url)", "cannot run in a transaction"),
            ("DROP INDEX CONCURRENTLY links_by_url", "cannot run in a transaction"),
            ("REINDEX TABLE CONCURRENTLY links", "cannot run in a transaction"),
            ("VACUUM links", "cannot run in a transaction"),
        ])
    func control(kind: String, sample: (sql: String, problem: String)) throws {
        let found = try problems(sample.sql, kind: kind)
        #expect(found.allSatisfy { $0.contains(sample.problem) } && !found.isEmpty, "\(found)")
    }

    @Test(
        "allows in a step without a transaction only what may run twice",
        arguments: [
            ("CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON links (url)", true),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a ON links (url)", true),
            ("ALTER TABLE links VALIDATE CONSTRAINT a", true), ("ALTER TYPE t ADD VALUE IF NOT EXISTS 'x'", true),
            ("CALL p()", true), ("ANALYZE links", true), ("VACUUM links", true),
            ("REINDEX INDEX CONCURRENTLY links_by_url", true),
            ("CREATE INDEX CONCURRENTLY a ON links (url)", false), ("CREATE TABLE a (x int)", false),
            ("INSERT INTO links VALUES (1)", false), ("ALTER TABLE links ADD a int", false),
            ("SET LOCAL work_mem = 1", false), ("ALTER TABLE links VALIDATE CONSTRAINT a, ADD b int", false),
        ])
    func withoutTransaction(sql: String, isAllowed: Bool) throws {
        #expect(try problems(sql, transaction: false).isEmpty == isAllowed)
    }

    @Test("lets a contract step drop indexes beside others")
    func concurrentDrop() throws {
        let sql = "DROP INDEX CONCURRENTLY IF EXISTS links_by_url"
        #expect(try problems(sql, kind: "contract of 0001-step", transaction: false) == [])
        #expect(try problems(sql, transaction: false).count == 1)
    }

    @Test("knows what all earlier steps have made, and says where the fault is")
    func laterSteps() throws {
        let files = [
            try Migration.made(1, Self.initial), try .made(2, "CREATE TABLE notes (id bigint)"),
            try .made(3, "SELECT 1;\n\nDROP TABLE notes"),
        ]
        #expect(
            MigrationRule.findings(in: files).map(\.description)
                == ["0003-step.sql, line 4: drops the table 'notes', which the release before may use"])
    }

    @Test("wants numbers without gaps, and contracts of steps that were there before")
    func order() throws {
        let gap = MigrationRule.findings(in: [try .made(1, "SELECT 1"), try .made(3, "SELECT 1")])
        #expect(gap.map(\.description) == ["0003-step.sql: its number is not 2: steps are numbered without gaps"])
        for name in ["0002-step", "0003-step", "nothing"] {
            #expect(try problems("SELECT 1", kind: "contract of \(name)").first?.contains("no earlier") == true)
        }
        let two = [
            try Migration.made(1, "SELECT 1"), try .made(2, "SELECT 1", kind: "contract of 0001-step"),
            try .made(3, "SELECT 1", kind: "contract of 0002-step"),
        ]
        #expect(MigrationRule.findings(in: two).count == 1)
    }

    @Test("holds for our own steps")
    func ours() throws {
        let files = try Migration.all()
        #expect(!files.isEmpty)
        #expect(MigrationRule.findings(in: files) == [])
    }
}
#endif
