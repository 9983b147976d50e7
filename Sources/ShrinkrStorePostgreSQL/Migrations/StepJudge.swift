#if PostgreSQL
/// Judges the statements of one step in their order, and remembers what they make.
struct StepJudge {
    private let step: Migration
    private let earlier: SchemaObjects
    /// What this step makes.
    private(set) var made = SchemaObjects()
    /// Tables that cannot have been there before: making them would have failed.
    private var newTables: Set<String> = []

    init(_ step: Migration, earlier: SchemaObjects) {
        self.step = step
        self.earlier = earlier
    }

    /// Why the statement must not be in this step, as the end of a sentence; nil where it may.
    mutating func judge(_ statement: SQLStatement) -> String? {
        let harm = harm(statement)
        let isExcused = step.number == 1 || step.kind != .expand
        return TransactionRule.problem(statement, isTransactional: step.isTransactional) ?? (isExcused ? nil : harm)
    }

    /// Whether the release before cannot know the table.
    private func isNew(_ table: String) -> Bool { newTables.contains(table) && !earlier.tables.contains(table) }

    /// What the statement does to programs of the release before; nil for nothing.
    private mutating func harm(_ statement: SQLStatement) -> String? {
        var reader = SQLReader(statement)
        guard let verb = reader.takeWord() else { return "begins with no word of SQL" }
        switch verb {
        case "create": return create(&reader)
        case "alter": return alter(&reader)
        case "drop": return drop(&reader)
        case "select" where reader.has("into"): return "makes a table by SELECT INTO: write CREATE TABLE … AS"
        case "insert", "select", "values", "update", "delete", "merge", "with", "table", "comment", "grant", "analyze":
            return nil
        case "set" where reader.word == "local": return nil
        case "vacuum": return statement.holds("full") ? "locks tables while they are written anew" : nil
        case "reindex": return statement.holds("concurrently") ? nil : "is not CONCURRENTLY: nobody can write meanwhile"
        case "call":
            let name = reader.takeName() ?? ""
            let isOurs = made.routines.contains(name) || earlier.routines.contains(name)
            return isOurs ? nil : "CALL is not known to be harmless to the release before"
        case "do": return "runs a text that cannot be checked: write its statements plainly"
        case "truncate": return "takes away rows that the release before uses"
        default: return "\(verb.uppercased()) is not known to be harmless to the release before"
        }
    }

    private mutating func create(_ reader: inout SQLReader) -> String? {
        _ = reader.take("or", "replace")
        for word in ["global", "local"] { _ = reader.take(word) }
        for word in ["temp", "temporary", "unlogged", "recursive"] { _ = reader.take(word) }
        let isUnique = reader.take("unique")
        if reader.take("table") { return createTable(&reader) }
        if reader.take("index") { return createIndex(&reader) }
        if reader.take("materialized", "view") || reader.take("view") {
            _ = reader.take("if", "not", "exists")
            if let name = reader.takeName() { made.views.insert(name) }
            return nil
        }
        if !isUnique, reader.take("function") || reader.take("procedure") {
            if let name = reader.takeName() { made.routines.insert(name) }
            return nil
        }
        let harmless = ["aggregate", "type", "domain", "sequence", "schema", "extension", "statistics"]
        if !isUnique, let word = reader.word, harmless.contains(word) { return nil }
        return isAfterTrigger(reader) ? nil : createRule(&reader)
    }

    private mutating func createTable(_ reader: inout SQLReader) -> String? {
        let mayBeThere = reader.take("if", "not", "exists")
        guard let name = reader.takeName() else { return "makes a table without a name" }
        made.tables.insert(name)
        if !mayBeThere { newTables.insert(name) }
        if reader.has("partition", "by") { made.partitioned.insert(name) }
        return nil
    }

    private mutating func createIndex(_ reader: inout SQLReader) -> String? {
        let isConcurrent = reader.take("concurrently")
        _ = reader.take("if", "not", "exists")
        if reader.word != "on", let name = reader.takeName() { made.indexes.insert(name) }
        guard reader.take("on") else { return "makes an index on no table" }
        // An index of a table that consists of partitions holds nothing itself.
        let isOnly = reader.take("only")
        guard let table = reader.takeName() else { return "makes an index on no table" }
        if isConcurrent || isNew(table) || isOnly && earlier.partitioned.contains(table) { return nil }
        return "makes an index on '\(table)' without CONCURRENTLY: nobody can write meanwhile"
    }

    /// Whether it is a trigger that comes after the statements of others, with a function of this step's own: it changes
    /// neither what they write nor what they are told. Making it waits for those who write, and lets nobody write meanwhile,
    /// so the step has nothing that takes long.
    private func isAfterTrigger(_ reader: SQLReader) -> Bool {
        var reader = reader
        guard reader.take("trigger"), reader.takeName() != nil, reader.take("after"), reader.skip(to: "execute"),
            reader.take("function"), let function = reader.takeName()
        else { return false }
        return made.routines.contains(function)
    }

    /// Triggers and the like, which change what the statements of others do.
    private func createRule(_ reader: inout SQLReader) -> String? {
        var words: [String] = []
        while let word = reader.takeWord() {
            words.append(word)
            guard word == "on" || word == "to", let table = reader.takeName() else { continue }
            if ["trigger", "policy"].contains(where: words.contains), isNew(table) { return nil }
        }
        let kind = words.first?.uppercased() ?? "that"
        return "CREATE \(kind) is not known to be harmless to the release before"
    }

    private func drop(_ reader: inout SQLReader) -> String? {
        let made = [
            "table": newTables.subtracting(earlier.tables), "index": made.indexes.subtracting(earlier.indexes),
            "view": made.views.subtracting(earlier.views),
        ]
        guard let kind = reader.takeWord() else { return "drops nothing that is known" }
        _ = reader.take("concurrently")
        _ = reader.take("if", "exists")
        let names = reader.takeNames()
        let new = made[kind] ?? []
        if !names.isEmpty, new.isSuperset(of: names) { return nil }
        return "drops the \(kind) '\(names.first { !new.contains($0) } ?? "")', which the release before may use"
    }

    private func alter(_ reader: inout SQLReader) -> String? {
        guard let kind = reader.takeWord() else { return "alters nothing that is known" }
        _ = reader.take("if", "exists")
        if kind == "table" {
            _ = reader.take("only")
            guard let table = reader.takeName() else { return "alters a table without a name" }
            _ = reader.takeSign("*")
            if isNew(table) { return nil }
            return reader.rest.splitAtCommas.lazy.compactMap { TableChange.harm($0, to: table) }.first
        }
        guard let name = reader.takeName() else { return "alters a \(kind) without a name" }
        if kind == "type", reader.take("add", "value") { return nil }
        if kind == "index", reader.take("attach", "partition") || reader.take("set") { return nil }
        return "ALTER \(kind.uppercased()) of '\(name)' is not known to be harmless to the release before"
    }
}

extension SQLStatement {
    /// Whether the word stands anywhere in it, outside of strings and quotes.
    func holds(_ word: String) -> Bool { tokens.contains { $0.kind == .word(word) } }
}
#endif
