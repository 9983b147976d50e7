/// The folder `damaged`: copies of bytes that could not be read as records, and of frames that the queue refused, for
/// whoever wants to look.
///
/// Copying is best effort and bounded; a region keeps its name, so opening again does not copy it again.
struct DamageFolder: Sendable {
    static let name = "damaged"

    private let directory: JournalDirectory
    private var room: Int

    /// Looks at what the folder holds already; it may then grow to `maximumBytes`.
    init(in directory: JournalDirectory, maximumBytes: Int) throws(JournalError) {
        self.directory = directory
        room = maximumBytes
        // A file of this name would be in the way.
        if directory.isFile(Self.name) { try directory.rename(Self.name, to: "\(Self.name).file") }
        for name in try directory.names(in: Self.name) where directory.isFile("\(Self.name)/\(name)") {
            if let file = try directory.open("\(Self.name)/\(name)") { room -= try directory.attributes(of: file).size }
        }
    }

    /// Copies a region of a file, named after where it was found.
    mutating func keep(_ bytes: ArraySlice<UInt8>, of name: String, at offset: Int) throws(JournalError) {
        try keep(bytes, as: "\(name).\(offset)-\(bytes.count)")
    }

    /// Copies bytes into a file of this name, unless there is one already.
    mutating func keep(_ bytes: ArraySlice<UInt8>, as name: String) throws(JournalError) {
        guard bytes.count <= room, (try? directory.createFolder(Self.name)) != nil else { return }
        let copy = directory.create("\(Self.name)/\(name)")
        guard case .success(let file) = copy else { return }
        room -= bytes.count
        _ = bytes.withUnsafeBytes { SystemCalls.live.writeAll(file.descriptor, $0, at: 0) }
    }

    /// Moves a whole file, or a folder, out of the journal's way. Unlike a copy it takes no new space, so it is not bounded.
    func take(_ name: String) throws(JournalError) {
        try directory.createFolder(Self.name)
        let taken = Set(try directory.names(in: Self.name))
        var (newName, number) = (name, 1)
        while taken.contains(newName) {
            number += 1
            newName = "\(name).\(number)"
        }
        try directory.rename(name, to: "\(Self.name)/\(newName)")
    }
}
