#if PostgreSQL
/// Which statements a step may have because of how it is run: as one transaction, or one statement after the other.
enum TransactionRule {
    /// The end of a sentence; nil where the statement may stand there.
    static func problem(_ statement: SQLStatement, isTransactional: Bool) -> String? {
        var reader = SQLReader(statement)
        guard let verb = reader.takeWord() else { return "begins with no word of SQL" }
        let control = [
            "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare", "discard",
            "reset",
            "lock", "copy", "listen", "notify",
        ]
        if control.contains(verb) {
            return "\(verb.uppercased()) is not for steps: the runner opens and ends transactions"
        }
        if verb == "set", !(isTransactional && reader.word == "local") {
            return "SET outlives the step: write SET LOCAL in a step that is a transaction"
        }
        if isTransactional { return outsideOnly(statement, verb) }
        return isRepeatable(statement, verb, &reader)
            ? nil : "may not be in a step without a transaction, in which each statement may run twice"
    }

    /// What PostgreSQL does outside of transactions alone.
    private static func outsideOnly(_ statement: SQLStatement, _ verb: String) -> String? {
        let isConcurrent = ["create", "drop", "reindex", "alter"].contains(verb) && statement.holds("concurrently")
        guard isConcurrent || verb == "vacuum" else { return nil }
        return "cannot run in a transaction: give the step '-- transaction: no', and only such statements"
    }

    /// Whether the statement does the same once and twice.
    private static func isRepeatable(_ statement: SQLStatement, _ verb: String, _ reader: inout SQLReader) -> Bool {
        switch verb {
        case "create":
            _ = reader.take("unique")
            return reader.take("index", "concurrently", "if", "not", "exists")
        case "drop": return reader.take("index", "concurrently", "if", "exists")
        case "alter":
            if reader.take("type") {
                return reader.takeName() != nil && reader.take("add", "value", "if", "not", "exists")
            }
            return reader.take("table") && reader.has("validate", "constraint") && reader.rest.splitAtCommas.count == 1
        case "reindex": return statement.holds("concurrently")
        case "analyze", "vacuum": return true
        // Its own author sees to it.
        case "call": return true
        default: return false
        }
    }
}

extension SQLStatement {
    /// The name of the index that the statement makes without holding others up, as it is written there; nil for any
    /// other statement.
    var concurrentIndex: String? {
        var reader = SQLReader(self)
        guard reader.take("create") else { return nil }
        _ = reader.take("unique")
        guard reader.take("index", "concurrently") else { return nil }
        _ = reader.take("if", "not", "exists")
        let before = reader.rest
        guard reader.word != "on", reader.takeName() != nil else { return nil }
        let base = tokens[0].range.lowerBound
        let name = before[..<reader.rest.startIndex]
        guard let first = name.first, let last = name.last else { return nil }
        let bytes = Array(text.utf8)[(first.range.lowerBound - base)..<(last.range.upperBound - base)]
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
