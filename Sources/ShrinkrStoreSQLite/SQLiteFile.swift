import FoundationEssentials
import Glibc
import ShrinkrStore

/// Makes the database's file before SQLite does, because SQLite would make it readable for everybody.
enum SQLiteFile {
    /// Makes folder (mode 0700) and file (mode 0600) where they are missing; what is there keeps its mode.
    ///
    /// SQLite gives the files beside it (`-wal`, `-shm`) the same mode.
    static func create(_ path: String) throws(StoreError) {
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

    /// Tells files apart, whatever their names.
    struct Identity: Hashable, Sendable {
        let device: dev_t
        let inode: ino_t
    }

    private static func createFolder(of path: String) throws(StoreError) {
        // text: the operator's path.
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unavailable(reason: "cannot create the folder \(folder): \(String(cString: strerror(errno)))")
        }
    }
}
