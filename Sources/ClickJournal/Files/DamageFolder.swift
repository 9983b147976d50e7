import Glibc
import Synchronization

/// The folder `damaged`: copies of bytes that could not be read as records, and of frames that the queue refused, for
/// whoever wants to look.
///
/// There is one for all journals of a directory: it outlives each of them. The folder is bounded. Copies of damage are
/// best effort; a region keeps its name, so opening again does not copy it again. A frame goes there only as a whole.
final class DamageFolder: Sendable {
    static let name = "damaged"

    private let directory: JournalDirectory
    private let room: Mutex<Int>

    /// Looks at what the folder holds already; it may then grow to `maximumBytes`.
    init(in directory: JournalDirectory, maximumBytes: Int) throws(JournalError) {
        self.directory = directory
        var room = maximumBytes
        // A file of this name would be in the way.
        if directory.isFile(Self.name) { try directory.rename(Self.name, to: "\(Self.name).file") }
        for name in try directory.names(in: Self.name) where directory.isFile("\(Self.name)/\(name)") {
            if let file = try directory.open("\(Self.name)/\(name)") { room -= try directory.attributes(of: file).size }
        }
        self.room = Mutex(room)
    }

    /// The folder of a directory that is only looked at.
    init(reading directory: JournalDirectory) {
        self.directory = directory
        room = Mutex(0)
    }

    /// The name of the copy of a region of a file: where it was found.
    ///
    /// - Parameter folder: the journal's folder and a full stop; nothing for one whose files lie in the outermost one.
    static func copyName(of name: String, _ range: Range<Int>, folder: String) -> String {
        "\(folder)\(name).\(range.lowerBound)-\(range.count)"
    }

    /// Copies a region of a file, unless there is a copy already.
    func keep(_ bytes: ArraySlice<UInt8>, of name: String, at offset: Int, folder: String) {
        let copyName = Self.copyName(of: name, offset..<(offset + bytes.count), folder: folder)
        guard bytes.count <= room.withLock({ $0 }), (try? directory.createFolder(Self.name)) != nil,
            case .success(let file) = directory.create("\(Self.name)/\(copyName)")
        else { return }
        room.withLock { $0 -= bytes.count }
        _ = bytes.withUnsafeBytes { SystemCalls.live.writeAll(file.descriptor, $0, at: 0) }
    }

    /// Keeps a copy of a frame, which is there after a power cut too.
    func keep(frame: UInt64, of identity: JournalIdentity, _ copy: [UInt8]) throws(JournalError) {
        let name = "\(Self.name)/frame-\(frame)-\(identity).json"
        guard copy.count <= room.withLock({ $0 }) else {
            throw .io(operation: "write", path: "\(directory.path)/\(name)", errno: ENOSPC)
        }
        try directory.createFolder(Self.name)
        try directory.replace(name, with: copy)
        room.withLock { $0 -= copy.count }
    }

    /// Moves a whole file, or a folder, out of the journal's way. Unlike a copy it takes no new space, so it is not bounded.
    func take(_ name: String, from source: JournalDirectory, folder: String) throws(JournalError) {
        try directory.createFolder(Self.name)
        let taken = Set(try directory.names(in: Self.name))
        var (newName, number) = (folder + name, 1)
        while taken.contains(newName) {
            number += 1
            newName = "\(folder)\(name).\(number)"
        }
        try source.move(name, to: "\(Self.name)/\(newName)", in: directory)
    }
}
