/// Opens the directory of a journal: finds the journal in it, whatever state a crash or a failing disk left, or makes one.
///
/// The order of its steps is what makes it repeatable: it deletes nothing before a segment that says which frame comes
/// next is durable, so dying at any point and starting over gives the same frames.
struct JournalRecovery {
    let directory: JournalDirectory
    let configuration: JournalConfiguration
    let system: SystemCalls
    let now: Int64

    /// As ``JournalPlace/identity``.
    private let place: JournalIdentity?
    private let folder: DamageFolder
    /// What the folder's copies of this journal's bytes are named by.
    private let folderPrefix: String
    private var replay = JournalReplay()
    private var status: JournalStatus
    private var segments: [ClosedSegment] = []
    private var files: [OpenFile] = []
    /// The last segment, when records can safely follow in it.
    private var reusable: (file: OpenFile, name: SegmentName, size: Int)?

    /// What a journal starts from.
    struct Outcome {
        var core: JournalCore
        let maintenance: JournalMaintenance
        /// Whether the identity file has to be written, once the first segment is durable.
        let needsIdentityFile: Bool
    }

    static func recover(
        _ place: JournalPlace, _ configuration: JournalConfiguration, _ system: SystemCalls, now: Int64
    ) throws(JournalError) -> Outcome {
        let found = try JournalFiles.find(in: place.directory, named: place.identity)
        var recovery = JournalRecovery(place, configuration, system, found, now: now)
        return try recovery.run(found)
    }

    private init(
        _ place: JournalPlace, _ configuration: JournalConfiguration, _ system: SystemCalls, _ found: JournalFiles,
        now: Int64
    ) {
        directory = place.directory
        self.place = place.identity
        self.configuration = configuration
        self.system = system
        self.now = now
        folder = place.damageFolder
        folderPrefix = place.copyPrefix
        status = JournalStatus(identity: found.identity)
    }

    private mutating func run(_ found: JournalFiles) throws(JournalError) -> Outcome {
        try setAside(found)
        for name in found.segments { try read(name) }
        let acknowledgements = try AcknowledgementFile(
            in: directory, identity: found.identity, isNewJournal: found.isNew || replay.isFromTheStart)
        noteDamage(
            regions: acknowledgements.damagedSlots,
            bytes: acknowledgements.damagedSlots * AcknowledgementMark.byteCount)
        replay.finish(acknowledgements.mark)
        if replay.isEndMissing { noteDamage(regions: 1, bytes: 0) }
        var core = try makeCore(found, acknowledgements.mark)
        if let open = replay.open {
            core.sealer.resume(
                records: open.records, payloadBytes: open.payloadBytes, openedAt: open.openedAt,
                isPartial: open.isPartial)
            core.openStart = open.start
            // On a full disk this fails; the frame then stays open, and is sealed when there is room.
            _ = core.seal(at: now)
        }
        let maintenance = JournalMaintenance(of: core, acknowledgements, folder, folderPrefix: folderPrefix)
        return Outcome(core: core, maintenance: maintenance, needsIdentityFile: found.needsIdentityFile)
    }

    // MARK: Reading

    private mutating func setAside(_ found: JournalFiles) throws(JournalError) {
        if found.damagedIdentityBytes > 0 { noteDamage(regions: 1, bytes: found.damagedIdentityBytes) }
        for name in found.strays {
            noteDamage(regions: 1, bytes: 0)
            try folder.take(name, from: directory, folder: folderPrefix)
        }
        for name in found.foreign {
            guard let file = try directory.open(name.text) else { continue }
            let size = try directory.attributes(of: file).size
            if size < SegmentHeader.byteCount {
                // A crash cut the creation of the very first segment short.
                _ = noteTorn(size)
                try directory.remove(name.text)
            } else {
                noteDamage(regions: 1, bytes: size)
                try countForeignRecords(file, size: size, unless: found.identity)
                try folder.take(name.text, from: directory, folder: folderPrefix)
            }
        }
        if found.isNew, place == nil {
            // A mark of another numbering must not outlive it.
            try directory.remove(IdentityFile.name)
            try directory.remove(AcknowledgementFile.name)
            try directory.remove(GapFile.name)
            try directory.remove(CountedFile.name)
            try directory.remove(PartialFile.name)
        }
    }

    /// Counts the records of a segment that is another journal's: they are set aside with it.
    private mutating func countForeignRecords(
        _ file: OpenFile, size: Int, unless own: JournalIdentity
    ) throws(JournalError) {
        let bytes = try directory.readWhatCanBeRead(file, 0..<size)
        guard let header = SegmentHeader(bytes), header.identity != own else { return }
        var scanner = SegmentScanner(
            from: SegmentHeader.byteCount,
            seed: ChecksumSeed.make(identity: header.identity, sequence: header.sequence))
        while let event = bytes.withUnsafeBytes({ scanner.next(in: $0) }) {
            if case .click = event { status.foreignRecords[header.identity, default: 0] += 1 }
        }
    }

    private mutating func read(_ name: SegmentName) throws(JournalError) {
        guard let file = try directory.open(name.text) else { return }
        let attributes = try directory.attributes(of: file)
        let bytes = try directory.readWhatCanBeRead(file, 0..<attributes.size)
        replay.beginSegment(name, modifiedAt: attributes.modifiedAt)
        let hasHeader = SegmentHeader(bytes) != nil
        let end: Int? =
            if hasHeader || bytes.count >= SegmentHeader.byteCount {
                scan(bytes, of: name, from: hasHeader ? SegmentHeader.byteCount : 0)
            } else {
                // A crash cut its creation short, before any record was written to it.
                noteTorn(bytes.count)
            }
        var size = bytes.count
        // A segment shorter than a header would count as never begun.
        if let end, end >= SegmentHeader.byteCount, end < size, system.truncate(file.descriptor, end) == 0 {
            size = end
        }
        reusable = hasHeader && (end ?? size) == size && !endsInDamage ? (file, name, size) : nil
        segments.append(ClosedSegment(name: name, size: size, lastFrame: replay.lastFrameInSegment))
        files.append(file)
    }

    /// Whether the last event of a scan was damage.
    private var endsInDamage = false

    /// Feeds a segment's records to the replay. Returns where a torn record begins, if there is one.
    private mutating func scan(_ bytes: [UInt8], of name: SegmentName, from offset: Int) -> Int? {
        var scanner = SegmentScanner(
            from: offset, seed: ChecksumSeed.make(identity: status.identity, sequence: name.sequence))
        var tornAt: Int?
        endsInDamage = false
        while let event = bytes.withUnsafeBytes({ scanner.next(in: $0) }) {
            replay.take(event)
            endsInDamage = false
            switch event {
            case .damage(let range):
                endsInDamage = true
                noteDamage(regions: 1, bytes: range.count)
                folder.keep(bytes[range], of: name.text, at: range.lowerBound, folder: folderPrefix)
            case .torn(let range):
                tornAt = range.lowerBound
                _ = noteTorn(range.count)
            case .click, .seal:
                break
            }
        }
        return tornAt
    }

    private mutating func noteDamage(regions: Int, bytes: Int) {
        status.damagedRegions += regions
        status.damagedBytes += bytes
    }

    private mutating func noteTorn(_ bytes: Int) -> Int? {
        status.tornBytes += bytes
        return nil
    }

    // MARK: Starting

    private mutating func makeCore(
        _ found: JournalFiles, _ mark: AcknowledgementMark
    ) throws(JournalError) -> JournalCore {
        let active = try activeSegment(found)
        status.storedBytes = segments.reduce(active.size) { $0 + $1.size }
        var core = JournalCore(
            configuration: configuration, identity: found.identity, directory: directory, system: system,
            active: active, closedSegments: segments, unsynced: files, nextFrame: replay.nextFrame, status: status)
        core.keptPartialFrames = try PartialFile.read(from: directory, identity: found.identity)
        core.partialFrames = core.keptPartialFrames
        for entry in replay.frames {
            if entry.number > mark.frame { core.index.append(entry) }
            // Also of a frame that the queue has: the ledger will hold no more of it than this.
            core.partialFrames.note(entry.number, records: entry.isPartial ? entry.records : nil)
        }
        core.mark = mark
        core.keptGaps = try GapFile.read(from: directory, identity: found.identity)
        core.gaps = core.keptGaps.union(core.index.gaps(from: mark.frame + 1, through: replay.nextFrame - 1))
        let counted = try CountedFile.read(from: directory, identity: found.identity)
        (core.status.countedFrames, core.status.behindSince) = (counted.frames, counted.behindSince)
        for lost in replay.lost where lost.frame > mark.frame {
            core.lostFrames[lost.frame, default: 0] += lost.records
            core.status.lostRecords += lost.records
        }
        return core
    }

    private mutating func activeSegment(_ found: JournalFiles) throws(JournalError) -> ActiveSegment {
        if let reusable, reusable.size < configuration.segmentBytes { return reuse(reusable, found.identity) }
        let name = SegmentName(sequence: found.highestSequence + 1, firstFrame: replay.nextFrame)
        switch SegmentCreation(directory: directory, system: system, identity: found.identity).create(name, at: now) {
        case .success(let segment): return segment
        case .failure(let error):
            // On a full disk a segment grows past its size rather than that nothing starts.
            guard let reusable else { throw error }
            return reuse(reusable, found.identity)
        }
    }

    private mutating func reuse(
        _ last: (file: OpenFile, name: SegmentName, size: Int), _ identity: JournalIdentity
    ) -> ActiveSegment {
        segments.removeLast()
        let seed = ChecksumSeed.make(identity: identity, sequence: last.name.sequence)
        return ActiveSegment(file: last.file, name: last.name, seed: seed, size: last.size, isDirty: true)
    }
}
