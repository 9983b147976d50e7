/// The journals of one directory: those that earlier starts left, each in a directory named by its identity, and beside
/// them the files of release 0.1.0.
struct JournalShelf {
    let root: JournalDirectory
    let damageFolder: DamageFolder

    /// What is there.
    struct Content {
        /// The journals that hold something, oldest first, as far as they stay open.
        var lives: [JournalLife] = []
        /// The other ones that hold something, oldest first.
        var waiting: [Waiting] = []
        /// What was found of those that held nothing.
        var removed: [JournalStatus] = []
        /// Damage that belongs to none of them.
        var damagedRegions = 0
    }

    /// A journal that is in order and not open.
    struct Waiting: Sendable {
        /// As ``JournalPlace/identity``.
        let place: JournalIdentity?
        /// Its numbers. Nothing is added to it.
        let status: JournalStatus
    }

    /// Where there may be a journal (see ``JournalPlace/identity``), without changing anything.
    func identities() throws(JournalError) -> [JournalIdentity?] {
        // Of a type of its own: folders with other names must not become places without a name.
        let folders = try root.names().sorted().filter(root.isFolder)
        let named: [JournalIdentity] = folders.compactMap { JournalIdentity($0) }
        return [nil] + named
    }

    /// The place of a journal. It takes a file descriptor for as long as it is there.
    func place(_ identity: JournalIdentity?) throws(JournalError) -> JournalPlace {
        let directory = try JournalDirectory(identity?.description ?? ".", in: root)
        return JournalPlace(directory: directory, identity: identity, damageFolder: damageFolder)
    }

    /// Opens all journals, and removes what is none: a start that recorded nothing leaves an empty one, and one whose
    /// deletion was cut short has no segments left.
    ///
    /// - Parameter most: how many stay open, the oldest ones; the others are let go of in good order.
    func openAll(
        keeping most: Int, _ open: (JournalPlace) throws(JournalError) -> JournalLife
    ) throws(JournalError) -> Content {
        var content = Content()
        for name in try root.names() where JournalIdentity(name) != nil && !root.isFolder(name) {
            try damageFolder.take(name, from: root, folder: "")
            content.damagedRegions += 1
        }
        try bringHome()
        for identity in try identities() {
            let place = try place(identity)
            if try place.hasSegments() {
                let life = try open(place)
                guard life.isUnused else {
                    content.add(life, keeping: most)
                    continue
                }
                content.removed.append(life.status())
            } else {
                content.damagedRegions += try takeStrays(of: place)
                if try place.lacksSegments() { content.damagedRegions += 1 }
            }
            try remove(place)
        }
        content.waiting.sort { $0.status.age < $1.status.age }
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

extension JournalShelf.Content {
    /// Adds a journal, and lets go of the youngest where there are too many.
    fileprivate mutating func add(_ life: JournalLife, keeping most: Int) {
        let age = life.status().age
        let index = lives.lastIndex { $0.status().age <= age }.map { $0 + 1 } ?? 0
        lives.insert(life, at: index)
        guard lives.count > most, let last = lives.popLast() else { return }
        waiting.append(JournalShelf.Waiting(place: last.place, status: last.status()))
    }
}

extension JournalStatus {
    /// What journals are ordered by: Unix time in milliseconds of the oldest record that waits.
    fileprivate var age: Int64 { oldestUnacknowledgedAt ?? 0 }
}
