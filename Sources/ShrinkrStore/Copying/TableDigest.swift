/// The number of rows of a table, and a checksum of all values in the order of the key: two databases that have the
/// same of both hold the same.
package struct TableDigest: Hashable, Sendable {
    package private(set) var rows = 0
    /// FNV-1a (Fowler, Noll, Vo) over the values, each behind a byte that tells its kind. It finds what went wrong by
    /// accident; nobody is here to deceive it.
    package private(set) var checksum: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    /// Reads a whole table.
    package init(of table: CopiedTable, in source: some TableSource) async throws {
        var last: TableRow?
        while true {
            let rows = try await source.rows(of: table, after: last, limit: table.batch)
            for row in rows { add(row) }
            guard let end = rows.last, rows.count == table.batch, table.keyCount > 0 else { return }
            last = end
        }
    }

    package mutating func add(_ row: TableRow) {
        rows += 1
        for value in row { add(value) }
    }

    private mutating func add(_ value: TableValue) {
        switch value {
        case .null: add(byte: 0)
        case .integer(let number):
            add(byte: 1)
            add(UInt64(bitPattern: number))
        case .text(let text): add(bytes: text.utf8, kind: 2)
        case .bytes(let bytes): add(bytes: bytes, kind: 3)
        case .boolean(let flag): add(byte: flag ? 5 : 4)
        }
    }

    private mutating func add(bytes: some Collection<UInt8>, kind: UInt8) {
        add(byte: kind)
        add(UInt64(bytes.count))
        for byte in bytes { add(byte: byte) }
    }

    private mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(byte: UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private mutating func add(byte: UInt8) {
        checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
