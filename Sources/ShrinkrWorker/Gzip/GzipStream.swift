import CZlib

/// Compresses a report piece by piece into one gzip member (RFC 1952).
///
/// The same input, level and zlib build give the same bytes: the header carries no time (MTIME 0), no file name and
/// the "unknown" operating system (255), so a report written twice is written identically. Memory is zlib's state
/// (about 256 KiB), one scratch block and the output, which never grows past `maximumOutputBytes`.
struct GzipStream: ~Copyable {
    /// Default bound of the compressed output, in bytes: 100 MiB.
    static let defaultMaximumOutputBytes = 100 << 20

    /// RFC 1952 section 2.3: ID1, ID2, CM = deflate, no flags, MTIME 0 (four bytes), XFL 0, OS 255 (unknown).
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    private static let trailerBytes = 8
    private static let scratchBytes = 16 << 10

    private let state: UnsafeMutablePointer<z_stream>
    private let scratch: UnsafeMutableBufferPointer<UInt8>
    private let maximumOutputBytes: Int
    private var output = header
    private var checksum = crc32(0, nil, 0)
    private var inputBytes: UInt64 = 0

    /// - Parameters:
    ///   - level: 1 (fastest) to 9 (smallest); zlib's own default is 6.
    ///   - maximumOutputBytes: bound of the whole gzip member, header and trailer included.
    /// - Throws: ``GzipError/zlib(operation:code:)`` for a level outside 0...9 or when memory is short.
    init(level: Int32 = 6, maximumOutputBytes: Int = defaultMaximumOutputBytes) throws(GzipError) {
        let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        state.initialize(to: z_stream())
        // Negative window bits ask for raw deflate: header and trailer are written here, so that zlib's build-time
        // operating system code cannot differ between machines.
        let code = deflateInit2_(
            state, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard code == Z_OK else {
            state.deallocate()
            throw .zlib(operation: "deflateInit2", code: code)
        }
        self.state = state
        self.scratch = .allocate(capacity: Self.scratchBytes)
        self.maximumOutputBytes = maximumOutputBytes
    }

    deinit {
        deflateEnd(state)
        state.deallocate()
        scratch.deallocate()
    }

    /// Compresses `bytes`. After an error the stream holds an incomplete member and must be dropped.
    mutating func write(_ bytes: [UInt8]) throws(GzipError) {
        // `withUnsafeBytes` cannot forward a typed error, so it travels as a value.
        let outcome = bytes.withUnsafeBytes { bytes in
            Result { () throws(GzipError) in try self.write(contentsOf: bytes) }
        }
        try outcome.get()
    }

    /// Ends the member and gives it out whole. The stream is used up.
    consuming func finish() throws(GzipError) -> [UInt8] {
        try compress(flush: Z_FINISH)
        appendLittleEndian(UInt32(truncatingIfNeeded: checksum))
        // RFC 1952 section 2.3.1: ISIZE is the input size modulo 2^32.
        appendLittleEndian(UInt32(truncatingIfNeeded: inputBytes))
        return output
    }

    private mutating func write(contentsOf bytes: UnsafeRawBufferPointer) throws(GzipError) {
        var rest = bytes.bindMemory(to: UInt8.self)[...]
        while !rest.isEmpty {
            // zlib counts in 32 bits.
            let piece = UnsafeBufferPointer(rebasing: rest.prefix(Int(Int32.max)))
            checksum = crc32(checksum, piece.baseAddress, UInt32(piece.count))
            inputBytes &+= UInt64(piece.count)
            state.pointee.next_in = piece.baseAddress
            state.pointee.avail_in = UInt32(piece.count)
            try compress(flush: Z_NO_FLUSH)
            rest = rest.dropFirst(piece.count)
        }
    }

    private mutating func compress(flush: Int32) throws(GzipError) {
        while true {
            state.pointee.next_out = scratch.baseAddress
            state.pointee.avail_out = UInt32(scratch.count)
            let code = deflate(state, flush)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw .zlib(operation: "deflate", code: code)
            }
            try append(scratch.count - Int(state.pointee.avail_out))
            // Room left in the scratch block means that deflate has nothing more to give (zlib.h, "deflate").
            if state.pointee.avail_out > 0 { return }
        }
    }

    private mutating func append(_ produced: Int) throws(GzipError) {
        guard output.count + produced + Self.trailerBytes <= maximumOutputBytes else {
            throw .outputTooLarge(limit: maximumOutputBytes)
        }
        output.append(contentsOf: scratch.prefix(produced))
    }

    private mutating func appendLittleEndian(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { output.append(contentsOf: $0) }
    }
}

/// What can go wrong while compressing.
enum GzipError: Error, Equatable, CustomStringConvertible {
    /// The compressed output would exceed the stream's `maximumOutputBytes`.
    case outputTooLarge(limit: Int)
    /// zlib refused an operation; `code` is its return value (zlib.h, "Return codes").
    case zlib(operation: String, code: Int32)

    /// One sentence for a log or a terminal.
    var description: String {
        switch self {
        case .outputTooLarge(let limit):
            "The compressed output is larger than the limit of \(limit) bytes."
        case .zlib(let operation, let code):
            "zlib's \(operation) failed with code \(code)."
        }
    }
}
