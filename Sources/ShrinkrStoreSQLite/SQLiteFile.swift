import Glibc
import ShrinkrBase
import ShrinkrStore

/// Makes the database's file before SQLite does, because SQLite would make it readable for everybody.
enum SQLiteFile {
    /// Makes folder (mode 0700) and file (mode 0600) where they are missing; what is there keeps its mode.
    ///
    /// SQLite gives the files beside it (`-wal`, `-shm`) the same mode. A link to a file that is not there has that file
    /// made, as SQLite would.
    static func create(_ path: String) throws(StoreError) {
        let path = target(of: path)
        try createFolder(of: path)
        // Not `open`: closing a descriptor would drop the locks that this process has on the file (fcntl(2)).
        guard mknod(path, S_IFREG | 0o600, 0) != 0, errno != EEXIST else { return }
        throw .unavailable(reason: "cannot create \(path): \(String(cString: strerror(errno)))")
    }

    /// Which file is at `path` now; nil where there is none.
    static func identity(_ path: String) -> Identity? {
        var status = stat()
        return stat(path, &status) == 0 ? Identity(device: status.st_dev, inode: status.st_ino) : nil
    }

    /// The time by the clock of the system that keeps the file, which is that of the machine, whatever this process takes
    /// for the time; nil where it cannot be had.
    ///
    /// Sets the time of the file's last change: without one to set, the kernel takes its own (utimensat(2)).
    static func now(at path: String) -> Timestamp? {
        var status = stat()
        guard utimensat(AT_FDCWD, path, nil, 0) == 0, stat(path, &status) == 0 else { return nil }
        return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
    }

    /// Tells files apart, whatever their names.
    struct Identity: Hashable, Sendable {
        let device: dev_t
        let inode: ino_t
    }

    /// Where symbolic links lead from `path`, be there a file or not; after so many that Linux would give up, `path`.
    private static func target(of path: String) -> String {
        var target = path
        for _ in 0..<40 {
            var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let count = readlink(target, &bytes, Int(PATH_MAX))
            guard count > 0 else { return target }
            let next = String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let folder = target.utf8.lastIndex(of: UInt8(ascii: "/")).map { target[...$0] } ?? ""
            target = next.utf8.first == UInt8(ascii: "/") ? next : folder + next
        }
        return path
    }

    private static func createFolder(of path: String) throws(StoreError) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        if errno == ENOENT {
            try createFolder(of: folder)
            if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        }
        throw .unavailable(reason: "cannot create the folder \(folder): \(String(cString: strerror(errno)))")
    }
}
