/// The journals of one directory: those that earlier starts left, each in a directory named by its identity, and beside
/// them the files of release 0.1.0.
struct JournalShelf {
    let root: JournalDirectory
    let damageFolder: DamageFolder

    /// What is there.
    struct Content {
        /// The journals that hold something, oldest first.
        var lives: [JournalLife] = []
        /// What was found of those that held nothing.
        var removed: [JournalStatus] = []
        /// Damage that belongs to none of them.
        var damagedRegions = 0
    }

    /// Where there may be a journal, without changing anything.
    func places() throws(JournalError) -> [JournalPlace] {
        var places = [
            JournalPlace(directory: try JournalDirectory(".", in: root), identity: nil, damageFolder: damageFolder)
        ]
        for name in try root.names().sorted() {
            guard let identity = JournalIdentity(name), root.isFolder(name) else { continue }
            places.append(
                JournalPlace(
                    directory: try JournalDirectory(name, in: root), identity: identity, damageFolder: damageFolder))
        }
        return places
    }

    /// Opens all journals, and removes what is none: a start that recorded nothing leaves an empty one, and one whose
    /// deletion was cut short has no segments left.
    func openAll(
        _ open: (JournalPlace) throws(JournalError) -> JournalLife
    ) throws(JournalError) -> Content {
        var content = Content()
        for name in try root.names() where JournalIdentity(name) != nil && !root.isFolder(name) {
            try damageFolder.take(name, from: root, folder: "")
            content.damagedRegions += 1
        }
        for place in try places() {
            if try place.hasSegments() {
                let life = try open(place)
                guard life.isUnused else {
                    content.lives.append(life)
                    continue
                }
                content.removed.append(life.status())
            } else {
                content.damagedRegions += try takeStrays(of: place)
                if try place.lacksSegments() { content.damagedRegions += 1 }
            }
            try remove(place)
        }
        let ages = content.lives.map { ($0, $0.status().oldestUnacknowledgedAt ?? 0) }
        content.lives = ages.sorted { $0.1 < $1.1 }.map(\.0)
        return content
    }

    /// Sets aside what bears the name of a journal's file and is none, and returns how many there were.
    private func takeStrays(of place: JournalPlace) throws(JournalError) -> Int {
        let directory = place.directory
        let strays = try directory.names().filter { JournalFiles.isName(ofJournalFile: $0) && !directory.isFile($0) }
        for name in strays { try damageFolder.take(name, from: directory, folder: place.copyPrefix) }
        return strays.count
    }

    private func remove(_ place: JournalPlace) throws(JournalError) {
        try place.directory.removeJournal()
        // What somebody else put there stays.
        if let identity = place.identity { _ = root.removeFolder(identity.description) }
    }
}
