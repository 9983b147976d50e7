import FoundationEssentials
import Glibc

/// A folder of this process under `TMPDIR`, which `run.sh` makes in memory and deletes afterwards.
struct ScratchFolder {
    let path: String

    init(_ name: String) {
        path = FileManager.default.temporaryDirectory.path + "/\(name)-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Makes these files the only ones in the folder, and removes the folders in it.
    func fill(with files: [String: [UInt8]]) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
        for (name, bytes) in files {
            check(write(bytes, to: "\(path)/\(name)"), "the file '\(name)' can be written")
        }
    }

    private func write(_ bytes: [UInt8], to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
