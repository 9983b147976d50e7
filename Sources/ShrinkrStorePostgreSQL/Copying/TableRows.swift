#if PostgreSQL
import PostgreSQLClient
import ShrinkrStore

extension CopiedTable {
    func decode(_ row: PostgreSQLRow) throws -> TableRow {
        try columns.enumerated().map { index, column in
            if column.isOptional, try row.isNull(index) { return .null }
            switch column.kind {
            case .integer: return .integer(try row.int(index))
            case .text: return .text(try row.text(index))
            case .bytes: return .bytes(try row.bytes(index))
            case .boolean: return .boolean(try row.bool(index))
            }
        }
    }

    /// An array of each column's values.
    func arrays(_ rows: [TableRow]) throws -> [PostgreSQLValue] {
        try columns.indices.map { index in
            let values = rows.map { $0[index] }
            switch columns[index].kind {
            case .integer: return .ints(try values.map { try $0.integer(of: self, index) })
            case .text: return .texts(try values.map { try $0.text(of: self, index) })
            case .bytes: return .byteArrays(try values.map { try $0.bytes(of: self, index) })
            case .boolean: return .bools(try values.map { try $0.boolean(of: self, index) })
            }
        }
    }

    fileprivate func mismatch(_ index: Int) -> StoreError {
        .refused(reason: "\(name).\(columns[index].name) has a value that is no \(columns[index].kind)")
    }
}

extension TableColumn.Kind {
    /// Values are sent as these types; where a column is narrower, the server narrows them or refuses.
    var arrayType: String {
        switch self {
        case .integer: "bigint[]"
        case .text: "text[]"
        case .bytes: "bytea[]"
        case .boolean: "boolean[]"
        }
    }
}

extension TableValue {
    /// The value by itself.
    var parameter: PostgreSQLValue {
        switch self {
        case .null: .null
        case .integer(let number): .int(number)
        case .text(let text): .text(text)
        case .bytes(let bytes): .bytes(bytes)
        case .boolean(let flag): .bool(flag)
        }
    }

    fileprivate func integer(of table: CopiedTable, _ column: Int) throws(StoreError) -> Int64? {
        switch self {
        case .null: nil
        case .integer(let number): number
        default: throw table.mismatch(column)
        }
    }

    fileprivate func text(of table: CopiedTable, _ column: Int) throws(StoreError) -> String? {
        switch self {
        case .null: nil
        case .text(let text): text
        default: throw table.mismatch(column)
        }
    }

    fileprivate func bytes(of table: CopiedTable, _ column: Int) throws(StoreError) -> [UInt8]? {
        switch self {
        case .null: nil
        case .bytes(let bytes): bytes
        default: throw table.mismatch(column)
        }
    }

    fileprivate func boolean(of table: CopiedTable, _ column: Int) throws(StoreError) -> Bool {
        guard case .boolean(let flag) = self else { throw table.mismatch(column) }
        return flag
    }
}
#endif
