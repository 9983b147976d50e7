/// Before journals are opened they get their names again: whose frames they are stands in the segments' headers, whatever
/// somebody renamed, moved or swapped.
extension JournalShelf {
    /// Gives a folder that was renamed its journal's name again, and brings a segment that lies in another journal's folder
    /// back to its own one. What has no place to go to stays, and is set aside when its folder is opened.
    ///
    /// Cut short at any point, the next call does the rest.
    func bringHome() throws(JournalError) {
        for folder in try folders() {
            guard let owner = try owner(of: try place(folder)), owner != folder else { continue }
            try root.rename(folder.description, to: owner.description)
        }
        // All leave their folders first: two may lie in each other's place.
        var stops: [JournalIdentity] = []
        for folder in try folders() {
            if let stop = try takeStrays(outOf: folder) { stops.append(stop) }
        }
        for name in stops {
            let stop = try JournalDirectory(name.description, in: root)
            for segment in try owned(in: stop) {
                let home = try JournalDirectory(segment.owner.description, in: root)
                guard !home.isFile(segment.name.text), try hasRoom(for: segment) else { continue }
                try stop.move(segment.name.text, to: segment.name.text, in: home)
                try home.synchronize()
            }
            // What found no room stays, and is set aside.
            _ = root.removeFolder(name.description)
        }
    }

    /// Whose journal lies in a place: the one that it is named by, or another one in a folder that was renamed. Such a
    /// folder has segments of that journal alone, no mark under its own name, and no other place has the journal's name.
    func owner(of place: JournalPlace) throws(JournalError) -> JournalIdentity? {
        guard let name = place.identity else { return nil }
        let owners = Set(try owned(in: place.directory).map(\.owner))
        guard owners.count == 1, let owner = owners.first, owner != name, !root.isFolder(owner.description),
            try AcknowledgementFile.read(in: place.directory, identity: name) == nil,
            try !owned(in: root).contains(where: { $0.owner == owner })
        else { return name }
        return owner
    }

    private func folders() throws(JournalError) -> [JournalIdentity] { try identities().compactMap(\.self) }

    /// Moves segments of other journals, which have folders of their own, to a folder that is made for that; nil where there
    /// are none.
    private func takeStrays(outOf folder: JournalIdentity) throws(JournalError) -> JournalIdentity? {
        let directory = try JournalDirectory(folder.description, in: root)
        var strays: [SegmentName] = []
        for segment in try owned(in: directory) where segment.owner != folder {
            if try hasRoom(for: segment) { strays.append(segment.name) }
        }
        guard !strays.isEmpty else { return nil }
        let identity = JournalIdentity.random()
        let stop = try JournalDirectory(identity.description, in: root, isNew: true)
        for name in strays { try directory.move(name.text, to: name.text, in: stop) }
        try stop.synchronize()
        return identity
    }

    /// Whether a segment's own journal has a folder, and in it neither a segment of its own with the same sequence, of which
    /// only one could be read, nor a file under the segment's name that is not another journal's segment.
    private func hasRoom(for segment: OwnedSegment) throws(JournalError) -> Bool {
        guard root.isFolder(segment.owner.description) else { return false }
        let home = try JournalDirectory(segment.owner.description, in: root)
        let present = try owned(in: home)
        guard !present.contains(where: { $0.owner == segment.owner && $0.name.sequence == segment.name.sequence })
        else { return false }
        return !home.isFile(segment.name.text)
            || present.contains { $0.name == segment.name && $0.owner != segment.owner }
    }

    /// The segments whose headers can be read and say what their names say.
    private func owned(in directory: JournalDirectory) throws(JournalError) -> [OwnedSegment] {
        var found: [OwnedSegment] = []
        for name in try directory.names().sorted().compactMap({ SegmentName($0) }) where directory.isFile(name.text) {
            guard let file = try directory.open(name.text) else { continue }
            let bytes = try directory.readWhatCanBeRead(file, 0..<SegmentHeader.byteCount)
            guard let header = SegmentHeader(bytes), header.sequence == name.sequence,
                header.firstFrame == name.firstFrame
            else { continue }
            found.append(OwnedSegment(name: name, owner: header.identity))
        }
        return found
    }
}

/// A segment, and the journal that its header names.
private struct OwnedSegment {
    let name: SegmentName
    let owner: JournalIdentity
}
