/// What a journal directory holds, and whose journal it is.
///
/// The identity stands in every segment header, and is the name of the journal's directory; the one journal that lies in
/// the outermost directory, as release 0.1.0 laid it out, has it in a file of its own. When none can be read, or when all
/// segments are gone, nobody can know which frame numbers were used: a new identity then begins a new numbering. But where
/// the disk has a copy and cannot read it at the moment, nothing starts over.
struct JournalFiles {
    /// The journal's segments, in order.
    private(set) var segments: [SegmentName] = []
    /// Segments of another journal, under a name that is not theirs, or with the sequence of another one.
    private(set) var foreign: [SegmentName] = []
    /// What bears the name of one of the journal's files and is none, such as a folder.
    private(set) var strays: [String] = []
    private(set) var identity = JournalIdentity.random()
    /// Whether the identity was just made.
    private(set) var isNew = true
    /// Whether the identity file has to be written.
    private(set) var needsIdentityFile = true
    private(set) var damagedIdentityBytes = 0
    /// The highest sequence of any segment found; 0 when there is none.
    private(set) var highestSequence: UInt64 = 0
    /// Why a copy of the identity could not be read, if it was the disk's fault.
    private var unreadable: JournalError?

    /// - Parameter name: the identity by which the directory is named, if it is.
    static func find(
        in directory: JournalDirectory, named name: JournalIdentity?
    ) throws(JournalError) -> JournalFiles {
        let all = try directory.names()
        let names = all.compactMap { SegmentName($0) }.sorted {
            ($0.sequence, $0.firstFrame) < ($1.sequence, $1.firstFrame)
        }
        var files = JournalFiles()
        var headers: [(name: SegmentName, header: SegmentHeader?)] = []
        for segment in names where directory.isFile(segment.text) {
            headers.append((segment, try files.header(of: segment, in: directory)))
        }
        files.strays = all.filter { isName(ofJournalFile: $0) && !directory.isFile($0) }
        files.highestSequence = names.last?.sequence ?? 0
        if let name {
            files.resolveIdentity(.missing, headers, named: name)
        } else {
            files.resolveIdentity(try files.storedIdentity(in: directory), headers, named: nil)
        }
        if files.isNew, let error = files.unreadable { throw error }
        for (segment, header) in headers {
            if files.isNew || files.isForeign(header, segment) {
                files.foreign.append(segment)
            } else {
                files.segments.append(segment)
            }
        }
        try files.keepOneOfEachSequence(in: directory)
        if files.segments.isEmpty { files.startOver(as: name) }
        return files
    }

    /// Of two files with one sequence the smaller one is what is left of an attempt to begin the segment.
    private mutating func keepOneOfEachSequence(in directory: JournalDirectory) throws(JournalError) {
        guard Set(segments.map(\.sequence)).count < segments.count else { return }
        var kept: [UInt64: (name: SegmentName, size: Int)] = [:]
        for name in segments {
            guard let file = try directory.open(name.text) else { continue }
            let size = try directory.attributes(of: file).size
            if size >= kept[name.sequence]?.size ?? 0 { kept[name.sequence] = (name, size) }
        }
        foreign += segments.filter { kept[$0.sequence]?.name != $0 }
        segments.removeAll { kept[$0.sequence]?.name != $0 }
    }

    /// Whether a journal's file would have that name.
    static func isName(ofJournalFile name: String) -> Bool {
        SegmentName(name) != nil
            || [IdentityFile.name, AcknowledgementFile.name, GapFile.name, CountedFile.name, PartialFile.name]
                .contains(name)
    }

    private mutating func resolveIdentity(
        _ stored: IdentityFile.Content, _ headers: [(name: SegmentName, header: SegmentHeader?)],
        named name: JournalIdentity?
    ) {
        needsIdentityFile = name == nil
        if case .damaged(let bytes) = stored { damagedIdentityBytes = bytes }
        guard !headers.isEmpty else { return }
        if let name {
            // Whatever a header says: a segment of another journal is foreign here.
            identity = name
            isNew = false
        } else if case .valid(let identity) = stored {
            self.identity = identity
            needsIdentityFile = false
            isNew = false
        } else if let header = headers.last(where: { $0.header != nil })?.header {
            identity = header.identity
            isNew = false
        }
    }

    /// Without any segment of its own nobody can know which numbers the identity has used up.
    private mutating func startOver(as name: JournalIdentity?) {
        identity = name ?? .random()
        isNew = true
        needsIdentityFile = name == nil
    }

    private func isForeign(_ header: SegmentHeader?, _ name: SegmentName) -> Bool {
        guard let header else { return false }
        return header.identity != identity || header.sequence != name.sequence || header.firstFrame != name.firstFrame
    }

    private mutating func storedIdentity(in directory: JournalDirectory) throws(JournalError) -> IdentityFile.Content {
        do throws(JournalError) {
            return try IdentityFile.read(from: directory)
        } catch  where error.isUnreadable {
            unreadable = error
            return .damaged(bytes: IdentityFile.byteCount)
        }
    }

    private mutating func header(of name: SegmentName, in directory: JournalDirectory) throws(JournalError)
        -> SegmentHeader?
    {
        guard let file = try directory.open(name.text) else { return nil }
        let bytes: [UInt8]
        do throws(JournalError) {
            bytes = try directory.read(file, 0..<SegmentHeader.byteCount)
        } catch  where error.isUnreadable {
            unreadable = error
            return nil
        }
        let header = SegmentHeader(bytes)
        if let header, header.storedVersion != SegmentHeader.version {
            throw .unsupportedVersion(path: "\(directory.path)/\(name.text)", version: header.storedVersion)
        }
        return header
    }
}
