#if PostgreSQL
/// The parameters of one statement as libpq takes them: pointers into one buffer of PostgreSQL's binary format.
///
/// The formats are those of the `…recv` functions of the server's types; numbers are in network byte order.
struct ParameterBuffer {
    /// Most parameters of a statement: their number is 16 bits wide (protocol, message Bind).
    static let maximumCount = 65_535

    private(set) var types: [UInt32] = []
    private var bytes: [UInt8] = []
    /// Where each value begins; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [PostgreSQLValue]) {
        types.reserveCapacity(values.count)
        starts.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        for value in values { append(value) }
        formats = Array(repeating: 1, count: values.count)
    }

    /// Calls `body` with what `PQsendQueryPrepared` takes, which is valid during the call.
    func withParameters<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            // An empty value is one as well: it needs a pointer, whatever it leads to.
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1) { empty in
                let pointers = starts.map { start -> UnsafePointer<CChar>? in
                    start.flatMap { start in base.map { $0 + start } ?? UnsafePointer(empty.baseAddress) }
                }
                return body(pointers, lengths, formats)
            }
        }
    }

    private mutating func append(_ value: PostgreSQLValue) {
        types.append(value.type)
        if case .null = value {
            starts.append(nil)
            lengths.append(0)
            return
        }
        let start = bytes.count
        encode(value)
        starts.append(start)
        lengths.append(Int32(clamping: bytes.count - start))
    }

    private mutating func encode(_ value: PostgreSQLValue) {
        switch value {
        case .null: break
        case .int(let number): append(number)
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .bool(let flag): bytes.append(flag ? 1 : 0)
        case .ints(let numbers): appendArray(of: TypeOID.int8, numbers) { $0.append($1) }
        case .texts(let texts): appendArray(of: TypeOID.text, texts) { $0.bytes.append(contentsOf: $1.utf8) }
        case .byteArrays(let values): appendArray(of: TypeOID.bytea, values) { $0.bytes.append(contentsOf: $1) }
        case .bools(let flags): appendArray(of: TypeOID.bool, flags) { $0.bytes.append($1 ? 1 : 0) }
        }
    }

    /// `array_recv`: dimensions, whether there are NULLs, element type; length and lower bound; then each element.
    private mutating func appendArray<Element>(
        of type: UInt32, _ elements: [Element?], _ encode: (inout Self, Element) -> Void
    ) {
        append(Int32(elements.isEmpty ? 0 : 1))
        append(Int32(elements.contains { $0 == nil } ? 1 : 0))
        append(type)
        if elements.isEmpty { return }
        append(Int32(clamping: elements.count))
        append(Int32(1))
        for element in elements {
            guard let element else {
                append(Int32(-1))
                continue
            }
            let place = bytes.count
            append(Int32(0))
            encode(&self, element)
            let length = Int32(clamping: bytes.count - place - 4)
            withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
        }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
#endif
