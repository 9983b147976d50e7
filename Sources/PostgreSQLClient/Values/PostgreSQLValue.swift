#if PostgreSQL
package import ShrinkrBase

/// A parameter of a statement. It is sent in PostgreSQL's binary format with its type, so nothing is guessed or quoted.
package enum PostgreSQLValue: Hashable, Sendable {
    /// NULL, of the type that the statement asks for.
    case null
    /// `bigint`.
    case int(Int64)
    /// `text`. The server refuses U+0000 within it (22021).
    case text(String)
    /// `bytea`.
    case bytes([UInt8])
    /// `boolean`.
    case bool(Bool)
    /// `bigint[]`.
    case ints([Int64?])
    /// `text[]`.
    case texts([String?])
    /// `bytea[]`.
    case byteArrays([[UInt8]?])
    /// `boolean[]`.
    case bools([Bool])
}

// MARK: - Making values

extension PostgreSQLValue {
    package init(_ value: Int64?) { self = value.map { .int($0) } ?? .null }
    package init(_ value: Int?) { self = value.map { .int(Int64($0)) } ?? .null }
    package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    package init(_ value: [UInt8]?) { self = value.map { .bytes($0) } ?? .null }
    package init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
    /// `text`; U+FFFD stands for what is no UTF-8.
    package init(_ value: UntrustedText?) { self = value.map { .text($0.string) } ?? .null }

    package init(_ values: some Sequence<Int>) { self = .ints(values.map { Int64($0) }) }
    package init(_ values: some Sequence<Int64>) { self = .ints(values.map { $0 }) }
    package init(_ values: some Sequence<String>) { self = .texts(values.map { $0 }) }
    package init(_ values: some Sequence<[UInt8]>) { self = .byteArrays(values.map { $0 }) }
}

extension PostgreSQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
}
#endif
