#if PostgreSQL
/// Numbers of the types that are sent and read (`src/include/catalog/pg_type.dat`); they never change.
enum TypeOID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let float8: UInt32 = 701
    static let unknown: UInt32 = 705
    static let boolArray: UInt32 = 1_000
    static let byteaArray: UInt32 = 1_001
    static let textArray: UInt32 = 1_009
    static let int8Array: UInt32 = 1_016
    static let bpchar: UInt32 = 1_042
    static let varchar: UInt32 = 1_043
    static let xid8: UInt32 = 5_069
}

extension PostgreSQLValue {
    /// The type that the value is sent as; 0 leaves it to the server.
    var type: UInt32 {
        switch self {
        case .null: 0
        case .int: TypeOID.int8
        case .text: TypeOID.text
        case .bytes: TypeOID.bytea
        case .bool: TypeOID.bool
        case .ints: TypeOID.int8Array
        case .texts: TypeOID.textArray
        case .byteArrays: TypeOID.byteaArray
        case .bools: TypeOID.boolArray
        }
    }
}
#endif
