#if PostgreSQL
import CLibpq

/// One result of libpq's, freed with the last of its rows.
///
/// Sendable, since nothing changes a result after it was made, and libpq lets all threads read such ones ("Behavior in
/// Threaded Programs" in its documentation).
final class QueryResult: @unchecked Sendable {
    let pointer: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    /// Takes over a result of `PQgetResult`.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
    }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// Rows that a command changed, or a query returned.
    var affectedRows: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// A field of the report of an error, such as `PG_DIAG_SQLSTATE`.
    func errorField(_ field: Character) -> String? {
        guard let code = field.asciiValue, let text = PQresultErrorField(pointer, Int32(code)) else { return nil }
        return String(cString: text)
    }

    func type(of column: Int) -> UInt32 { PQftype(pointer, Int32(column)) }

    /// The bytes of a value, nil for NULL; valid while the result lives.
    func value(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(pointer, Int32(row), Int32(column)) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, Int32(row), Int32(column)),
            count: Int(PQgetlength(pointer, Int32(row), Int32(column))))
    }
}

/// What a statement returned.
package struct PostgreSQLRows: RandomAccessCollection, Sendable {
    let result: QueryResult

    package var startIndex: Int { 0 }
    package var endIndex: Int { result.rowCount }
    package subscript(position: Int) -> PostgreSQLRow {
        precondition(position >= 0 && position < result.rowCount, "There is no such row")
        return PostgreSQLRow(result: result, row: position)
    }

    /// Rows that the statement changed, or returned.
    package var affected: Int { result.affectedRows }
}
#endif
