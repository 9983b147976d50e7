import CZlib

/// Decodes one gzip member with zlib's own reader, which checks the checksum and the length in the trailer.
package func gunzip(_ member: [UInt8]) throws -> [UInt8] {
    var state = z_stream()
    // 16 + the window bits asks for the gzip format and nothing else.
    let opened = inflateInit2_(&state, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { throw GunzipFailure(code: opened) }
    defer { inflateEnd(&state) }

    var result: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    return try member.withUnsafeBufferPointer { input in
        state.next_in = input.baseAddress
        state.avail_in = UInt32(input.count)
        while true {
            let code = block.withUnsafeMutableBufferPointer { output in
                state.next_out = output.baseAddress
                state.avail_out = UInt32(output.count)
                return inflate(&state, Z_NO_FLUSH)
            }
            result += block.prefix(block.count - Int(state.avail_out))
            if code == Z_STREAM_END { return result }
            guard code == Z_OK else { throw GunzipFailure(code: code) }
        }
    }
}

/// What zlib says of bytes that are no gzip member.
package struct GunzipFailure: Error, Equatable {
    package let code: Int32
}
