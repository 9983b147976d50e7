import CZlib

struct GunzipFailure: Error {
    let code: Int32
}

/// Unpacks one gzip member of at most `limit` bytes with zlib's own reader, which checks checksum and length.
func gunzip(_ member: [UInt8], limit: Int = 1 << 20) throws -> [UInt8] {
    var stream = z_stream()
    // 16 more than the window bits asks for the gzip format (zlib.h, "inflateInit2").
    inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { inflateEnd(&stream) }
    return try member.withUnsafeBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        return try [UInt8](unsafeUninitializedCapacity: limit) { output, count in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let code = inflate(&stream, Z_FINISH)
            guard code == Z_STREAM_END, stream.avail_in == 0 else { throw GunzipFailure(code: code) }
            count = output.count - Int(stream.avail_out)
        }
    }
}
