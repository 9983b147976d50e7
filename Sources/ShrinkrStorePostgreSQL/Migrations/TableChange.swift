#if PostgreSQL
/// What one change of `ALTER TABLE` does to programs that use the table meanwhile.
enum TableChange {
    /// - Parameter change: Such as `ADD COLUMN note text`.
    /// - Returns: The end of a sentence; nil for a harmless change.
    static func harm(_ change: ArraySlice<SQLToken>, to table: String) -> String? {
        var reader = SQLReader(change)
        if reader.take("add") { return addition(&reader, to: table) }
        if reader.take("alter") {
            _ = reader.take("column")
            return columnChange(&reader, of: table)
        }
        if reader.take("drop") {
            return "drops \(reader.take("constraint") ? "a constraint" : "a column") of '\(table)', which the release "
                + "before uses"
        }
        if reader.take("rename") { return "renames what the release before uses of '\(table)'" }
        let harmless = [["validate", "constraint"], ["attach", "partition"], ["set"], ["reset"]]
        for words in harmless where change.starts(with: words, by: { $0.kind == .word($1) }) {
            // SET (…) changes storage parameters; SET SCHEMA, SET LOGGED and others more than that.
            if words == ["set"], !(change.dropFirst().first?.isSign("(") ?? false) { continue }
            return nil
        }
        let words = reader.takeWord()?.uppercased() ?? "this"
        return "ALTER TABLE … \(words) of '\(table)' is not known to be harmless to the release before"
    }

    /// `ADD [COLUMN]` or `ADD CONSTRAINT`.
    private static func addition(_ reader: inout SQLReader, to table: String) -> String? {
        let constraints = ["constraint", "check", "unique", "primary", "foreign", "exclude"]
        let isColumn = reader.take("column")
        if !isColumn, let word = reader.word, constraints.contains(word) {
            let isQuick =
                reader.has("not", "valid") || reader.has("unique", "using", "index")
                || reader.has("primary", "key", "using", "index")
            return isQuick ? nil : "adds a constraint to '\(table)' without NOT VALID: all rows are read under a lock"
        }
        _ = reader.take("if", "not", "exists")
        guard let column = reader.takeName() else { return "adds a column without a name to '\(table)'" }
        if reader.has("not", "null"), !reader.has("default") {
            return
                "adds the column '\(column)' NOT NULL without DEFAULT to '\(table)': the release before does not fill it"
        }
        for words in [["unique"], ["primary"], ["references"], ["check"], ["generated"], ["constraint"]]
        where reader.has(words[0]) {
            return "adds the column '\(column)' with \(words[0].uppercased()) to '\(table)', which locks it for long: "
                + "add the column first, and what it needs afterwards"
        }
        if let type = reader.word,
            ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"].contains(type)
        {
            return "adds the column '\(column)' of type \(type) to '\(table)', which writes all rows anew"
        }
        guard let function = volatileDefault(reader.rest) else { return nil }
        return
            "adds the column '\(column)' with the default \(function)(…) to '\(table)', which may be another for each "
            + "row: all rows are written anew"
    }

    private static func columnChange(_ reader: inout SQLReader, of table: String) -> String? {
        guard let column = reader.takeName() else { return "alters a column without a name of '\(table)'" }
        let place = "the column '\(column)' of '\(table)'"
        if reader.take("type") || reader.take("set", "data", "type") { return "changes the type of \(place)" }
        if reader.take("set", "not", "null") {
            return "makes \(place) NOT NULL: the release before may leave it empty"
        }
        let harmless = [
            ["set", "default"], ["drop", "not", "null"], ["set", "statistics"], ["set", "storage"],
            ["set", "compression"],
        ]
        let words = reader.rest
        if harmless.contains(where: { words.starts(with: $0) { $0.kind == .word($1) } }) { return nil }
        if reader.take("set"), reader.takeSign("(") { return nil }
        return "changes \(place) in a way that is not known to be harmless to the release before"
    }

    /// Functions that give the same for all rows of one statement, and types that look like calls.
    private static let steady = [
        "now", "pg_current_xact_id", "transaction_timestamp", "statement_timestamp", "varchar", "char", "character",
        "numeric", "decimal", "bit", "timestamp", "timestamptz", "interval", "array", "decode", "set_byte", "cast",
    ]

    /// The first function in a default that may give another value for each row.
    private static func volatileDefault(_ tokens: ArraySlice<SQLToken>) -> String? {
        guard let start = tokens.firstIndex(where: { $0.kind == .word("default") }) else { return nil }
        let expression = tokens[(start + 1)...]
        for index in expression.indices.dropLast() where expression[index + 1].isSign("(") {
            switch expression[index].kind {
            case .word(let word) where !steady.contains(word): return word
            case .quoted(let name): return name
            default: continue
            }
        }
        return nil
    }
}
#endif
