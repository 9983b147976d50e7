/// A value as every kind of database can keep it.
package enum TableValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case boolean(Bool)
}

/// The values of a row, in the order of its table's columns.
package typealias TableRow = [TableValue]

/// A column that every kind of database has, maybe under a name of its own.
package struct TableColumn: Sendable {
    package enum Kind: Sendable {
        /// 64 bits.
        case integer
        case text
        case bytes
        case boolean
    }

    package let name: String
    package let kind: Kind
    /// Whether NULL is a value of its own.
    package let isOptional: Bool
    /// What NULL means, where only one kind of database has it.
    package let valueOfNull: TableValue?

    package static func integer(_ name: String) -> TableColumn { TableColumn(name, .integer) }
    package static func boolean(_ name: String, null: Bool? = nil) -> TableColumn {
        TableColumn(name, .boolean, valueOfNull: null.map { .boolean($0) })
    }
    package static func text(_ name: String, null: String? = nil) -> TableColumn {
        TableColumn(name, .text, valueOfNull: null.map { .text($0) })
    }
    package static func bytes(_ name: String) -> TableColumn { TableColumn(name, .bytes) }

    /// The same column, where NULL is a value of its own.
    package var optional: TableColumn { TableColumn(name, kind, isOptional: true) }

    private init(_ name: String, _ kind: Kind, isOptional: Bool = false, valueOfNull: TableValue? = nil) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
        self.valueOfNull = valueOfNull
    }
}

/// A table that is copied from one database to another.
package struct CopiedTable: Sendable {
    package let name: String
    package let columns: [TableColumn]
    /// How many of the first columns are its key, by which rows are read in order; 0 for a table of one row.
    package let keyCount: Int
    /// Most rows that are in memory at a time: fewer where they can be large.
    package let batch: Int
    /// Whether the table has rows from its making on, so that the copied ones take their place: all in one transaction.
    package let isReplaced: Bool
    /// What rows of the table that are copied fulfil, in SQL; nil where all are.
    package let condition: String?

    package init(
        _ name: String, key: [TableColumn], _ others: [TableColumn] = [], batch: Int = 1_000, isReplaced: Bool = false,
        condition: String? = nil
    ) {
        self.name = name
        columns = key + others
        keyCount = key.count
        self.batch = batch
        self.isReplaced = isReplaced
        self.condition = condition
    }
}

/// The name under which `database_settings` of a target says that a copy into it is not finished; its value names the
/// source.
package enum CopyMark {
    package static let name = "copy"

    /// What a program is told that opens such a database.
    package static func problem(source: String) -> StoreError {
        .unavailable(
            reason: "the copy of \(source) into it is not finished: run `copy-store` again")
    }
}
