/// What one journal holds, read without changing or locking anything, while a process uses it or not.
///
/// In use, it is a view of one moment that may be torn: records that are just being written show as torn bytes.
package struct JournalInspection: Sendable {
    /// The journal's name; nil where damage took every copy of it.
    package let identity: JournalIdentity?
    package private(set) var segments: [SegmentInspection] = []
    /// Segments of another journal, or with a name that is not theirs, and what is no file at all. Opening brings
    /// them to their journal's own folder, where there is one, or sets them aside.
    package let foreignSegments: [String]
    /// Whether the identity file is there and cannot be read; the segments' headers are copies of it.
    package let isIdentityDamaged: Bool
    /// The last acknowledged frame and the totals; nil where neither copy can be read.
    package private(set) var acknowledged: (frame: UInt64, totals: JournalTotals)?
    /// Frames that are sealed and not acknowledged, by rising number.
    package private(set) var waitingFrames: [FrameInspection] = []
    /// Records of the frame that is not sealed.
    package private(set) var openRecords = 0
    /// Records of frames that are not acknowledged which a seal promises and nothing holds.
    package private(set) var lostRecords = 0
    /// Frame numbers that nobody will ever take.
    package private(set) var gaps: [ClosedRange<UInt64>] = []
    /// The number of the open frame, or of the next one.
    package private(set) var nextFrame: UInt64 = 1

    /// Records that are not acknowledged.
    package var waitingRecords: Int { waitingFrames.reduce(openRecords) { $0 + $1.records } }

    /// Whether there is damage that no opening of the journal has set aside yet.
    package var isDamaged: Bool {
        isIdentityDamaged || !foreignSegments.isEmpty || segments.contains(where: \.isDamaged)
    }

    /// Records that the journal took in since it was made; nil where that is not known any more.
    package var recordedTotal: UInt64? {
        guard let acknowledged else { return nil }
        return acknowledged.totals.acknowledged + acknowledged.totals.lost + UInt64(lostRecords + waitingRecords)
    }

    /// - Parameters:
    ///   - owner: whose journal it is; see ``JournalShelf/owner(of:)``.
    ///   - setAside: the names in the folder for damage.
    init(_ place: JournalPlace, of owner: JournalIdentity?, setAside: [String]) throws(JournalError) {
        let directory = place.directory
        let files = try JournalFiles.find(in: directory, named: owner)
        identity = files.isNew ? nil : files.identity
        foreignSegments = files.foreign.map(\.text) + files.strays
        isIdentityDamaged = files.damagedIdentityBytes > 0
        let mark = try AcknowledgementFile.read(in: directory, identity: files.identity)
        acknowledged = mark.map { ($0.frame, $0.totals) }
        let copies = Set(setAside)
        var replay = JournalReplay()
        for name in files.segments { try scan(name, of: place, identity: files.identity, copies, &replay) }
        // Before the first acknowledgement there is no mark, and none is needed.
        if acknowledged == nil, replay.isFromTheStart { acknowledged = (0, JournalTotals()) }
        replay.finish(mark ?? AcknowledgementMark())
        let end = acknowledged?.frame ?? 0
        waitingFrames = replay.frames.filter { $0.number > end }.map(FrameInspection.init)
        openRecords = replay.open?.records ?? 0
        lostRecords = replay.lost.reduce(0) { $0 + ($1.frame > end ? $1.records : 0) }
        nextFrame = replay.nextFrame
        gaps = try GapFile.read(from: directory, identity: files.identity)
            .union(.between(waitingFrames.map(\.number), from: end + 1, through: nextFrame - 1)).stretches
    }

    private mutating func scan(
        _ name: SegmentName, of place: JournalPlace, identity: JournalIdentity, _ copies: Set<String>,
        _ replay: inout JournalReplay
    ) throws(JournalError) {
        let directory = place.directory
        guard let file = try directory.open(name.text) else { return }
        let attributes = try directory.attributes(of: file)
        let bytes = try directory.readWhatCanBeRead(file, 0..<attributes.size)
        let hasHeader = SegmentHeader(bytes) != nil
        var segment = SegmentInspection(name, bytes: bytes.count, hasHeader: hasHeader)
        replay.beginSegment(name, modifiedAt: attributes.modifiedAt)
        let seed = ChecksumSeed.make(identity: identity, sequence: name.sequence)
        var scanner = SegmentScanner(from: hasHeader ? SegmentHeader.byteCount : 0, seed: seed)
        while let event = bytes.withUnsafeBytes({ scanner.next(in: $0) }) {
            replay.take(event)
            segment.take(event, copies: copies, folder: place.copyPrefix)
        }
        segments.append(segment)
    }
}

/// A sealed frame that waits to be sent.
package struct FrameInspection: Sendable, Hashable {
    package let number: UInt64
    package let records: Int
    /// Payload of its records, in bytes.
    package let bytes: Int
    /// Unix time in milliseconds of its first record and of its seal.
    package let openedAt: Int64
    package let sealedAt: Int64

    init(_ entry: FrameEntry) {
        number = entry.number
        records = entry.records
        bytes = entry.payloadBytes
        openedAt = entry.openedAt
        sealedAt = entry.sealedAt
    }
}

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
        let shelf = JournalShelf(root: root, damageFolder: folder)
        for identity in try shelf.identities() {
            let place = try shelf.place(identity)
            guard try place.hasFiles() else { continue }
            journals.append(try JournalInspection(place, of: shelf.owner(of: place), setAside: setAside))
        }
        return FolderInspection(isInUse: try root.isHeld(), journals: journals, setAside: setAside)
    }
}
