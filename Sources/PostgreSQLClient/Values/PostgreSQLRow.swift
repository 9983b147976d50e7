#if PostgreSQL
package import ShrinkrBase

/// One row of a result; columns are counted from 0.
///
/// A value of another type than is asked for, or NULL where a value is asked for, throws an error of the kind
/// ``PostgreSQLError/Kind/protocolViolation``: statement and code do not fit together.
package struct PostgreSQLRow: Sendable {
    let result: QueryResult
    let row: Int

    package func isNull(_ column: Int) throws(PostgreSQLError) -> Bool { try field(column) == nil }

    /// `smallint`, `integer`, `bigint`, `oid`, or `xid8` up to `Int64.max`.
    package func optionalInt(_ column: Int) throws(PostgreSQLError) -> Int64? {
        guard let bytes = try field(column) else { return nil }
        switch (result.type(of: column), bytes.count) {
        case (TypeOID.int8, 8): return Int64(Self.number(bytes, as: Int64.self))
        case (TypeOID.int4, 4): return Int64(Self.number(bytes, as: Int32.self))
        case (TypeOID.int2, 2): return Int64(Self.number(bytes, as: Int16.self))
        case (TypeOID.oid, 4): return Int64(Self.number(bytes, as: UInt32.self))
        case (TypeOID.xid8, 8): return Int64(clamping: Self.number(bytes, as: UInt64.self))
        default: throw mismatch(column, "an integer")
        }
    }

    /// `double precision`.
    package func optionalDouble(_ column: Int) throws(PostgreSQLError) -> Double? {
        guard let bytes = try field(column) else { return nil }
        guard result.type(of: column) == TypeOID.float8, bytes.count == 8 else { throw mismatch(column, "a double") }
        return Double(bitPattern: Self.number(bytes, as: UInt64.self))
    }

    package func optionalBool(_ column: Int) throws(PostgreSQLError) -> Bool? {
        guard let bytes = try field(column) else { return nil }
        guard result.type(of: column) == TypeOID.bool, bytes.count == 1 else { throw mismatch(column, "a boolean") }
        return bytes[0] != 0
    }

    /// `text` and types like it.
    package func optionalText(_ column: Int) throws(PostgreSQLError) -> String? {
        guard let bytes = try field(column) else { return nil }
        guard Self.isText(result.type(of: column)) else { throw mismatch(column, "text") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `bytea`, or the UTF-8 of `text` and types like it.
    package func optionalBytes(_ column: Int) throws(PostgreSQLError) -> [UInt8]? {
        guard let bytes = try field(column) else { return nil }
        let type = result.type(of: column)
        guard type == TypeOID.bytea || Self.isText(type) else { throw mismatch(column, "bytes") }
        return Array(bytes)
    }

    package func int(_ column: Int) throws(PostgreSQLError) -> Int64 { try known(optionalInt(column), column) }
    package func double(_ column: Int) throws(PostgreSQLError) -> Double { try known(optionalDouble(column), column) }
    package func bool(_ column: Int) throws(PostgreSQLError) -> Bool { try known(optionalBool(column), column) }
    package func text(_ column: Int) throws(PostgreSQLError) -> String { try known(optionalText(column), column) }
    package func bytes(_ column: Int) throws(PostgreSQLError) -> [UInt8] { try known(optionalBytes(column), column) }

    /// `text` and types like it, to be compared by its bytes.
    package func untrustedText(_ column: Int) throws(PostgreSQLError) -> UntrustedText {
        guard Self.isText(result.type(of: column)) else { throw mismatch(column, "text") }
        return UntrustedText(bytes: try bytes(column))
    }
}

// MARK: - Arrays

extension PostgreSQLRow {
    /// `bigint[]`.
    package func ints(_ column: Int) throws(PostgreSQLError) -> [Int64?] {
        try elements(column, of: TypeOID.int8Array) { element in
            element.count == 8 ? Self.number(element, as: Int64.self) : nil
        }
    }

    /// `text[]`.
    package func texts(_ column: Int) throws(PostgreSQLError) -> [String?] {
        try elements(column, of: TypeOID.textArray) { String(decoding: $0, as: UTF8.self) }
    }

    /// `bytea[]`.
    package func byteArrays(_ column: Int) throws(PostgreSQLError) -> [[UInt8]?] {
        try elements(column, of: TypeOID.byteaArray) { Array($0) }
    }

    /// Reads what `array_send` writes, of one dimension.
    private func elements<Element>(
        _ column: Int, of type: UInt32, _ decode: (UnsafeRawBufferPointer) -> Element?
    ) throws(PostgreSQLError) -> [Element?] {
        guard let field = try field(column), result.type(of: column) == type, field.count >= 12 else {
            throw mismatch(column, "an array")
        }
        var rest = field[...]
        func take(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count >= 0, rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        }
        func takeNumber() -> Int? { take(4).map { Int(Self.number($0, as: Int32.self)) } }
        guard let dimensions = takeNumber(), take(8) != nil, dimensions <= 1 else { throw mismatch(column, "a list") }
        guard dimensions == 1 else { return [] }
        guard let count = takeNumber(), count >= 0, take(4) != nil else { throw mismatch(column, "a list") }
        var elements: [Element?] = []
        for _ in 0..<count {
            guard let length = takeNumber() else { throw mismatch(column, "a whole list") }
            if length == -1 {
                elements.append(nil)
            } else {
                guard let bytes = take(length), let element = decode(bytes) else {
                    throw mismatch(column, "a whole list")
                }
                elements.append(element)
            }
        }
        return elements
    }
}

// MARK: - Reading

extension PostgreSQLRow {
    private func field(_ column: Int) throws(PostgreSQLError) -> UnsafeRawBufferPointer? {
        guard column >= 0, column < result.columnCount else { throw mismatch(column, "a column") }
        return result.value(row: row, column: column)
    }

    private func known<Value>(_ value: Value?, _ column: Int) throws(PostgreSQLError) -> Value {
        guard let value else { throw mismatch(column, "a value that is not NULL") }
        return value
    }

    private func mismatch(_ column: Int, _ wanted: String) -> PostgreSQLError {
        PostgreSQLError(
            .protocolViolation, "column \(column) of a result is not \(wanted), as the statement should give")
    }

    private static func isText(_ type: UInt32) -> Bool {
        switch type {
        case TypeOID.text, TypeOID.varchar, TypeOID.bpchar, TypeOID.name, TypeOID.json, TypeOID.unknown: true
        default: false
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, as type: Number.Type
    ) -> Number {
        Number(bigEndian: bytes.loadUnaligned(as: type))
    }
}
#endif
