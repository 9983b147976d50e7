import Glibc

/// The system calls whose failures the journal must survive, as values, so that tests can make them fail.
///
/// Each returns a negative errno instead of setting `errno`.
struct SystemCalls: Sendable {
    /// pread(2): bytes read; 0 at the file's end.
    var read: @Sendable (_ descriptor: Int32, _ target: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int
    /// pwrite(2): bytes written.
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int
    /// ftruncate(2).
    var truncate: @Sendable (_ descriptor: Int32, _ size: Int) -> Int
    /// fdatasync(2).
    var synchronize: @Sendable (_ descriptor: Int32) -> Int

    /// The operating system's own.
    static let live = SystemCalls(
        read: { descriptor, target, offset in
            let read = pread(descriptor, target.baseAddress, target.count, offset)
            return read < 0 ? -Int(errno) : read
        },
        write: { descriptor, bytes, offset in
            let written = pwrite(descriptor, bytes.baseAddress, bytes.count, offset)
            return written < 0 ? -Int(errno) : written
        },
        truncate: { descriptor, size in ftruncate(descriptor, size) == 0 ? 0 : -Int(errno) },
        synchronize: { descriptor in fdatasync(descriptor) == 0 ? 0 : -Int(errno) }
    )

    /// Writes all of `bytes` at `offset`; returns 0 or an errno. Some of them may be written even then.
    func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        var done = 0
        while done < bytes.count {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]), offset + done)
            if written > 0 {
                done += written
            } else if written != -Int(EINTR) {
                return written == 0 ? EIO : Int32(-written)
            }
        }
        return 0
    }
}
