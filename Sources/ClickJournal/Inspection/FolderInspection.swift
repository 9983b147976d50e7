/// What a journal directory holds: the journals of all starts that left something.
package struct FolderInspection: Sendable {
    /// Whether a process has the directory open.
    package let isInUse: Bool
    /// The journals, that of release 0.1.0 first, if there is one.
    package let journals: [JournalInspection]
    /// Copies of damaged bytes, and whole files, that were set aside earlier.
    package let setAside: [String]

    /// Whether there is damage that no opening of the journal has set aside yet.
    package var isDamaged: Bool { journals.contains(where: \.isDamaged) }

    /// Reads a journal directory without changing or locking anything; this blocks.
    ///
    /// - Throws: ``JournalError``: the directory cannot be read, or a newer program wrote it.
    package static func read(directory path: String) throws(JournalError) -> FolderInspection {
        let root = try JournalDirectory(reading: path)
        let folder = DamageFolder(reading: root)
        let setAside = try root.names(in: DamageFolder.name).sorted()
        var journals: [JournalInspection] = []
        for place in try JournalShelf(root: root, damageFolder: folder).places() where try place.hasFiles() {
            journals.append(try JournalInspection(place, setAside: setAside))
        }
        return FolderInspection(isInUse: try root.isHeld(), journals: journals, setAside: setAside)
    }
}
