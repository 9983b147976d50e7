extension CopiedTable {
    /// All that is copied, in an order in which rows that others refer to come first.
    ///
    /// A column that is added to a table of SQLite or PostgreSQL is added here, or to what that database makes anew;
    /// a test compares them.
    package static let all: [CopiedTable] = [settings] + links + access + counts + visitors + ledger

    /// Tables whose rows follow from those of others: a database keeps them by triggers of its own, and programs fill
    /// in what triggers cannot.
    package static let derived = ["link_clicks", "link_texts"]

    private static let settings = CopiedTable(
        "database_settings", key: [.text("name")], [.text("value")], isReplaced: true,
        condition: "name <> '\(CopyMark.name)'")

    private static let links = [
        CopiedTable(
            "links", key: [.integer("id")],
            [
                .text("code"), .text("code_key"), .text("url").optional, .text("title").optional,
                .integer("redirect_status"), .boolean("forward_query"), .boolean("enabled"),
                .integer("starts_at").optional, .integer("expires_at").optional, .integer("maximum_visits").optional,
                .integer("visits_used"), .integer("created_at"), .integer("updated_at"), .integer("version"),
                .integer("settings_hash"), .integer("deleted_at").optional,
            ], batch: 250),
        CopiedTable("link_tags", key: [.integer("link_id"), .text("tag")]),
    ]

    private static let access = [
        CopiedTable(
            "api_keys", key: [.text("id")],
            [
                .text("name"), .text("scopes"), .bytes("secret_hash"), .integer("created_at"),
                .integer("expires_at").optional, .integer("revoked_at").optional, .text("created_by").optional,
                .integer("last_used_at").optional,
            ]),
        // An answer can be that of a batch, so it can have megabytes.
        CopiedTable(
            "idempotency_keys", key: [.bytes("key")],
            [.bytes("fingerprint"), .bytes("token"), .integer("reserved_at"), .bytes("answer").optional], batch: 16),
    ]

    private static let counts = [
        CopiedTable(
            "clicks_by_bucket", key: [.integer("bucket"), .text("code")], [.integer("people"), .integer("bots")]),
        CopiedTable(
            "clicks_by_value", key: [.integer("bucket"), .text("code"), .integer("dimension"), .text("value")],
            [.integer("people"), .integer("bots")]),
        CopiedTable(
            "report_periods", key: [.integer("kind"), .integer("period")],
            [
                .integer("generation"), .integer("reported_generation"), .integer("claimed_generation").optional,
                .integer("claimed_until").optional,
            ]),
    ]

    private static let visitors = [
        CopiedTable(
            "link_visitors", key: [.integer("day"), .text("code"), .integer("visitor")], [.integer("hours")]),
        CopiedTable("day_visitors", key: [.integer("day"), .integer("visitor")]),
        CopiedTable(
            "visitor_counts", key: [.integer("kind"), .integer("period"), .text("code")],
            [.integer("visitors"), .integer("sketched"), .boolean("estimated")]),
        CopiedTable("visitor_sketches", key: [.text("code"), .integer("hour")], [.bytes("sketch")]),
        // A day of a busy link has some 60 KB.
        CopiedTable("visitor_days", key: [.text("code"), .integer("day")], [.bytes("hours")], batch: 100),
        CopiedTable("visitor_keys", key: [.integer("day")], [.bytes("key")]),
    ]

    private static let ledger = [
        CopiedTable(
            "journal_counts", key: [.text("journal")],
            [.integer("counted"), .integer("orphaned"), .boolean("folded"), .integer("announced")]),
        CopiedTable("ledger_ranges", key: [.text("journal"), .integer("first")], [.integer("last")]),
        CopiedTable("partial_frames", key: [.text("journal"), .integer("frame")], [.integer("clicks")]),
        CopiedTable(
            "journal_holders", key: [.text("journal"), .text("holder")],
            [
                .integer("open_frame").optional, .text("open_partial", null: ""), .integer("open_time").optional,
                .boolean("open_last", null: false), .integer("next_frame").optional, .text("next_partial", null: ""),
                .integer("next_time").optional, .boolean("next_last", null: false), .integer("counted_through"),
                .integer("announced_at"), .integer("reach"), .boolean("finished"),
            ]),
        CopiedTable(
            "journal_accounts", key: [.text("journal")],
            [
                .integer("announced_at"), .integer("answered"), .integer("recorded"), .integer("lost"),
                .integer("dropped"), .integer("published"), .integer("published_through"), .boolean("complete"),
                .boolean("final"),
            ]),
        CopiedTable(
            "journal_gaps", key: [.text("journal"), .integer("first")], [.integer("last"), .integer("noticed_at")]),
        CopiedTable(
            "folded_journals", key: [],
            [
                .integer("answered"), .integer("recorded"), .integer("lost"), .integer("dropped"),
                .integer("published"), .integer("counted"), .integer("orphaned"), .integer("journals"),
                .integer("announced_at"),
            ], isReplaced: true),
    ]
}
