/// The segment that records are appended to.
struct ActiveSegment: Sendable {
    let file: OpenFile
    let name: SegmentName
    /// What the checksums of its records start from.
    let seed: UInt32
    /// Where the next record goes.
    var size: Int
    /// Whether something was written since it was last synchronised.
    var isDirty: Bool
    /// Set when the disk failed under it: a new segment is begun at the next chance, even within a frame.
    var isSuspect = false
}

/// A segment that is only read any more.
struct ClosedSegment: Equatable, Sendable {
    let name: SegmentName
    let size: Int
    /// The highest frame that has bytes in it; it may be deleted once that is acknowledged.
    let lastFrame: UInt64
}

/// Makes new segment files.
struct SegmentCreation {
    let directory: JournalDirectory
    let system: SystemCalls
    let identity: JournalIdentity

    /// Creates a segment and writes its header; leaves no file behind when that fails.
    ///
    /// Nothing is synchronised here: a record in the segment is answered once the operating system has it, and no frame
    /// of it is handed out before segment and directory were synchronised.
    func create(_ name: SegmentName, at now: Int64) -> Result<ActiveSegment, JournalError> {
        let header = SegmentHeader(
            identity: identity, sequence: name.sequence, firstFrame: name.firstFrame, createdAt: now)
        // The remains of an earlier attempt that could not be deleted: no record was ever written to it.
        try? directory.remove(name.text)
        return directory.create(name.text).flatMap { file in
            let code = header.bytes.withUnsafeBytes { system.writeAll(file.descriptor, $0, at: 0) }
            guard code == 0 else {
                try? directory.remove(name.text)
                return .failure(.io(operation: "write", path: "\(directory.path)/\(name.text)", errno: code))
            }
            let seed = ChecksumSeed.make(identity: identity, sequence: name.sequence)
            return .success(
                ActiveSegment(file: file, name: name, seed: seed, size: SegmentHeader.byteCount, isDirty: true))
        }
    }
}
