#if PostgreSQL
/// One SQL statement of ours, with `$1`, `$2`, … in the places of values. Nothing from outside becomes part of it.
package struct PostgreSQLStatement: Hashable, Sendable {
    let sql: String
    /// FNV-1a of the text (Fowler, Noll, Vo), of which the name of the prepared statement is made.
    private let hash: UInt64

    package init(_ sql: String) {
        self.sql = sql
        hash = Self.fnv1a(sql.utf8)
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.hash == other.hash && one.sql.utf8.elementsEqual(other.sql.utf8)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// The name under which the statement is prepared for parameters of `types`: the same in every process, so that
    /// poolers in between can share it.
    func name(types: [UInt32]) -> String {
        var hash = hash
        for type in types {
            hash = withUnsafeBytes(of: type.littleEndian) { Self.fnv1a($0, from: hash) }
        }
        return "shrinkr_" + String(hash, radix: 16)
    }

    private static func fnv1a(_ bytes: some Sequence<UInt8>, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
        bytes.reduce(start) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}

extension PostgreSQLStatement: ExpressibleByStringLiteral {
    package init(stringLiteral sql: String) { self.init(sql) }
}

/// A statement with its values.
package struct PostgreSQLCall: Sendable {
    let statement: PostgreSQLStatement
    let values: [PostgreSQLValue]

    package init(_ statement: PostgreSQLStatement, _ values: [PostgreSQLValue] = []) {
        self.statement = statement
        self.values = values
    }
}
#endif
