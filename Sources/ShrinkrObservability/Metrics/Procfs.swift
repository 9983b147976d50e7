import Glibc

/// Reads from the kernel's `/proc` file system. Elsewhere than on Linux everything is nil.
enum Procfs {
    /// `/proc/stat` grows with processors and interrupts; more than this is not read.
    private static let maximumBytes = 1 << 20

    /// The beginning of a file, up to 1 MiB. Nil when it cannot be read.
    static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < maximumBytes {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += block.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many file descriptors the process has open, without the one this takes itself.
    static func openDescriptorCount() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries = 0
        while readdir(directory) != nil { entries += 1 }
        // Not counted: ".", ".." and the directory's own descriptor.
        return max(0, entries - 3)
    }
}
