import Glibc

/// A journal's directory; the files in it are named relative to it. The outermost one is held by an exclusive lock,
/// unless it is only looked at.
///
/// Directories get mode 0700 and files 0600: clicks are personal data.
final class JournalDirectory: Sendable {
    let path: String
    /// Whether a process had it before.
    let wasInUse: Bool
    private let handle: OpenFile
    private let lock: OpenFile?
    private let access: Int32
    private let system: SystemCalls

    /// Makes the directory if need be and locks it.
    init(locking path: String, _ system: SystemCalls = .live) throws(JournalError) {
        try Self.create(path)
        self.path = path
        self.system = system
        access = O_RDWR
        handle = OpenFile(try Self.check(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path))
        wasInUse = faccessat(handle.descriptor, "lock", F_OK, 0) == 0
        let lock = OpenFile(
            try Self.check(
                openat(handle.descriptor, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600), "create", path + "/lock"))
        self.lock = lock
        guard flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK
                ? .directoryInUse(path: path) : .io(operation: "lock", path: path + "/lock", errno: errno)
        }
    }

    /// Opens a directory that another process may be writing to, to look at it.
    init(reading path: String) throws(JournalError) {
        self.path = path
        system = .live
        access = O_RDONLY
        lock = nil
        wasInUse = true
        handle = OpenFile(try Self.check(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path))
    }

    /// Opens a directory inside another one, whose lock holds it too.
    ///
    /// - Parameter isNew: Whether to make it. It survives a power cut once this returns.
    init(_ name: String, in parent: JournalDirectory, isNew: Bool = false) throws(JournalError) {
        path = name == "." ? parent.path : "\(parent.path)/\(name)"
        system = parent.system
        access = parent.access
        lock = nil
        wasInUse = !isNew
        if isNew {
            guard mkdirat(parent.handle.descriptor, name, 0o700) == 0 else { throw parent.failure("create", name) }
        }
        let descriptor = openat(parent.handle.descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        handle = OpenFile(try Self.check(descriptor, "open", path))
        if isNew { try parent.synchronize() }
    }

    /// Lets another journal have the directory.
    func unlock() {
        if let lock { _ = flock(lock.descriptor, LOCK_UN) }
    }

    /// Whether a process holds the directory, as the kernel lists it (proc(5), `/proc/locks`): asking for the lock would
    /// make a process that starts at this moment believe that it is taken.
    func isHeld() throws(JournalError) -> Bool {
        guard let file = try open("lock") else { return false }
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw failure("examine", "lock") }
        // `1: FLOCK  ADVISORY  WRITE 4242 08:01:131090 0 EOF`: the device is not compared, overlays show another one.
        let suffix = ":\(information.st_ino)"
        guard let locks = Glibc.fopen("/proc/locks", "re") else { return false }
        defer { fclose(locks) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), locks) != nil {
            let text = line.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            let fields = text.split(separator: " ", omittingEmptySubsequences: true)
            if fields.contains("FLOCK"), fields.contains(where: { $0.hasSuffix(suffix) }) { return true }
        }
        return false
    }

    /// The names in the directory, or in a directory inside it, in no order; none when there is no such directory.
    func names(in folder: String = ".") throws(JournalError) -> [String] {
        guard let stream = opendir("\(path)/\(folder)") else {
            guard errno == ENOENT else { throw failure("list", folder) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether there is a regular file of that name; what else there may be cannot be read.
    func isFile(_ name: String) -> Bool {
        var information = stat()
        return fstatat(handle.descriptor, name, &information, 0) == 0 && information.st_mode & S_IFMT == S_IFREG
    }

    /// Whether there is a directory of that name.
    func isFolder(_ name: String) -> Bool {
        var information = stat()
        return fstatat(handle.descriptor, name, &information, AT_SYMLINK_NOFOLLOW) == 0
            && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Opens a file, for writing too where the directory is locked; nil when it does not exist.
    func open(_ name: String) throws(JournalError) -> OpenFile? {
        let descriptor = openat(handle.descriptor, name, access | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        return OpenFile(try Self.check(descriptor, "open", "\(path)/\(name)"))
    }

    /// Creates a file that must not exist yet; an errno when that fails.
    func create(_ name: String) -> Result<OpenFile, JournalError> {
        let descriptor = openat(handle.descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        return descriptor < 0 ? .failure(failure("create", name)) : .success(OpenFile(descriptor))
    }

    func createFolder(_ name: String) throws(JournalError) {
        guard mkdirat(handle.descriptor, name, 0o700) == 0 || errno == EEXIST else { throw failure("create", name) }
    }

    func rename(_ name: String, to newName: String) throws(JournalError) {
        guard renameat(handle.descriptor, name, handle.descriptor, newName) == 0 else { throw failure("rename", name) }
    }

    /// Moves a file or folder into a folder of another directory.
    func move(_ name: String, to newName: String, in other: JournalDirectory) throws(JournalError) {
        guard renameat(handle.descriptor, name, other.handle.descriptor, newName) == 0 else {
            throw failure("rename", name)
        }
    }

    /// Deletes a folder that has nothing in it; returns false where it has.
    func removeFolder(_ name: String) -> Bool {
        unlinkat(handle.descriptor, name, AT_REMOVEDIR) == 0
    }

    /// Deletes a file; one that is not there is fine.
    func remove(_ name: String) throws(JournalError) {
        guard unlinkat(handle.descriptor, name, 0) == 0 || errno == ENOENT else { throw failure("delete", name) }
    }

    /// Deletes the files of a journal, the segments first and in order: whenever this is cut short, what is left
    /// repeats frames or is no journal any more.
    func removeJournal() throws(JournalError) {
        let segments = try names().compactMap { SegmentName($0) }.sorted {
            ($0.sequence, $0.firstFrame) < ($1.sequence, $1.firstFrame)
        }
        for segment in segments { try remove(segment.text) }
        for name in [GapFile.name, CountedFile.name, PartialFile.name, IdentityFile.name, AcknowledgementFile.name] {
            try remove(name)
            try remove(name + Self.draftSuffix)
        }
    }

    private static let draftSuffix = ".new"

    /// Writes a file as a whole, in place of what it held: after a power cut it has the one content or the other.
    func replace(_ name: String, with bytes: [UInt8]) throws(JournalError) {
        let draft = name + Self.draftSuffix
        try remove(draft)
        let file = try create(draft).get()
        var code = bytes.withUnsafeBytes { system.writeAll(file.descriptor, $0, at: 0) }
        if code == 0 { code = Int32(-system.synchronize(file.descriptor)) }
        guard code == 0 else {
            try? remove(draft)
            throw .io(operation: "write", path: "\(path)/\(name)", errno: code)
        }
        try rename(draft, to: name)
        try synchronize(folder: name.split(separator: "/").dropLast().joined(separator: "/"))
    }

    /// Makes creations, renamings and deletions survive a power cut.
    func synchronize() throws(JournalError) {
        guard fsync(handle.descriptor) == 0 else { throw failure("synchronise", ".") }
    }

    private func synchronize(folder: String) throws(JournalError) {
        guard !folder.isEmpty else { return try synchronize() }
        let descriptor = openat(handle.descriptor, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let folderHandle = OpenFile(try Self.check(descriptor, "open", "\(path)/\(folder)"))
        guard fsync(folderHandle.descriptor) == 0 else { throw failure("synchronise", folder) }
    }

    /// Size in bytes and time of the last change in Unix milliseconds.
    func attributes(of file: OpenFile) throws(JournalError) -> (size: Int, modifiedAt: Int64) {
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw failure("examine", ".") }
        let time = information.st_mtim
        return (Int(information.st_size), Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The bytes of `file` in `range`, or fewer when it ends before.
    func read(_ file: OpenFile, _ range: Range<Int>) throws(JournalError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { target, count in
            while count < range.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[count...])
                let read = system.read(file.descriptor, rest, range.lowerBound + count)
                if read == -Int(EINTR) { continue }
                if read < 0 { code = Int32(-read) }
                guard read > 0 else { return }
                count += read
            }
        }
        guard code == 0 else { throw .io(operation: "read", path: path, errno: code) }
        return bytes
    }

    /// As ``read(_:_:)``, but a block that the disk cannot read comes out as zeros, which are no record: bad blocks cost
    /// what lies in them and nothing else.
    func readWhatCanBeRead(_ file: OpenFile, _ range: Range<Int>) throws(JournalError) -> [UInt8] {
        do throws(JournalError) {
            return try read(file, range)
        } catch  where error.isUnreadable {
            var bytes: [UInt8] = []
            let end = try min(range.upperBound, attributes(of: file).size)
            var offset = range.lowerBound
            while offset < end {
                let block = offset..<min(end, (offset / Self.blockBytes + 1) * Self.blockBytes)
                bytes += try readOrZeros(file, block)
                offset = block.upperBound
            }
            return bytes
        }
    }

    /// What Linux reads from a disk at once: a page.
    private static let blockBytes = 4_096

    private func readOrZeros(_ file: OpenFile, _ block: Range<Int>) throws(JournalError) -> [UInt8] {
        do throws(JournalError) {
            return try read(file, block)
        } catch  where error.isUnreadable {
            return [UInt8](repeating: 0, count: block.count)
        }
    }

    func failure(_ operation: String, _ name: String) -> JournalError {
        .io(operation: operation, path: name == "." ? path : "\(path)/\(name)", errno: errno)
    }

    /// Creates the directory and those above it, and makes its name survive a power cut.
    private static func create(_ path: String) throws(JournalError) {
        if mkdir(path, 0o700) == 0 {
            try synchronizeParent(of: path)
        } else if errno == ENOENT, let parent = parent(of: path) {
            try create(parent)
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .io(operation: "create", path: path, errno: errno)
            }
            try synchronizeParent(of: path)
        } else if errno != EEXIST {
            throw .io(operation: "create", path: path, errno: errno)
        }
    }

    private static func parent(of path: String) -> String? {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        guard let slash = path.lastIndex(of: "/"), path.count > 1 else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func synchronizeParent(of path: String) throws(JournalError) {
        let parent = parent(of: path) ?? "."
        let handle = OpenFile(try check(Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", parent))
        // Some file systems cannot synchronise a directory that is not ours; the journal's own is what matters.
        _ = fsync(handle.descriptor)
    }

    private static func check(_ descriptor: Int32, _ operation: String, _ path: String) throws(JournalError) -> Int32 {
        guard descriptor >= 0 else { throw .io(operation: operation, path: path, errno: errno) }
        return descriptor
    }
}

/// A file descriptor that closes with its last reference, so that no one synchronises a reused number.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
