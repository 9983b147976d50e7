import ClickJournal
import FoundationEssentials
import ShrinkrBase

/// A journal directory as `journal inspect` shows it: the sums over all journals in it, and each of them.
struct FolderDocument: Encodable {
    let directory: String
    let isInUse: Bool
    let isDamaged: Bool
    let waitingFrames: Int
    let waitingClicks: Int
    let openClicks: Int
    let setAside: [String]
    let journals: [JournalDocument]

    init(_ folder: FolderInspection, directory: String, withFrames: Bool) {
        self.directory = directory
        isInUse = folder.isInUse
        isDamaged = folder.isDamaged
        setAside = folder.setAside
        journals = folder.journals.map { JournalDocument($0, withFrames: withFrames) }
        waitingFrames = journals.reduce(0) { $0 + $1.waitingFrames }
        waitingClicks = journals.reduce(0) { $0 + $1.waitingClicks }
        openClicks = journals.reduce(0) { $0 + $1.openClicks }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var text: String {
        var lines = [
            "Directory      \(directory)\(isInUse ? " (in use)" : "")",
            "Waiting        \(waitingClicks) clicks in \(waitingFrames) frames, \(openClicks) of them not in a frame yet",
        ]
        lines += journals.flatMap(\.lines)
        lines += setAside.map { "Set aside      damaged/\($0)" }
        let isMended = setAside.isEmpty ? "Everything can be read." : "Everything that is not set aside can be read."
        lines.append(isDamaged ? "It is damaged." : isMended)
        return lines.joined(separator: "\n")
    }
}

/// One of the journals.
struct JournalDocument: Encodable {
    struct Segment: Encodable {
        let name: String
        let bytes: Int
        let records: Int
        let frames: Int
        let header: String
        let damagedRegions: Int
        let damagedBytes: Int
        let regionsSetAside: Int
        let tornBytes: Int
    }

    struct Frame: Encodable {
        let number: UInt64
        let clicks: Int
        let bytes: Int
        let openedAt: String
        let sealedAt: String
    }

    let identity: String?
    let recorded: UInt64?
    let acknowledged: UInt64?
    let acknowledgedFrame: UInt64?
    let dropped: UInt64?
    let lost: UInt64?
    let waitingFrames: Int
    let waitingClicks: Int
    let openClicks: Int
    let nextFrame: UInt64
    let segments: [Segment]
    let foreignSegments: [String]
    let frames: [Frame]?

    init(_ journal: JournalInspection, withFrames: Bool) {
        identity = journal.identity?.description
        recorded = journal.recordedTotal
        acknowledged = journal.acknowledged?.totals.acknowledged
        acknowledgedFrame = journal.acknowledged?.frame
        dropped = journal.acknowledged?.totals.dropped
        lost = journal.acknowledged.map { $0.totals.lost + UInt64(journal.lostRecords) }
        waitingFrames = journal.waitingFrames.count
        waitingClicks = journal.waitingRecords
        openClicks = journal.openRecords
        nextFrame = journal.nextFrame
        segments = journal.segments.map(Segment.init)
        foreignSegments = journal.foreignSegments
        frames = withFrames ? journal.waitingFrames.map(Frame.init) : nil
    }

    var lines: [String] {
        var lines = [
            "Journal        \(identity ?? "none")",
            "Recorded       \(Self.shown(recorded)) clicks",
            "Acknowledged   \(Self.shown(acknowledged)) clicks, through frame \(Self.shown(acknowledgedFrame))",
            "Waiting        \(waitingClicks) clicks in \(waitingFrames) frames, \(openClicks) of them not in a frame yet",
            "Next frame     \(nextFrame)",
            "Dropped        \(Self.shown(dropped)) clicks",
            "Lost           \(Self.shown(lost)) clicks",
        ]
        lines += segments.map(\.text)
        lines += foreignSegments.map { "Foreign        \($0)" }
        lines += (frames ?? []).map(\.text)
        return lines
    }

    private static func shown(_ number: UInt64?) -> String { number.map(String.init) ?? "unknown" }
}

extension JournalDocument.Segment {
    init(_ segment: SegmentInspection) {
        name = segment.name
        bytes = segment.bytes
        records = segment.records
        frames = segment.seals
        header = segment.hasHeader ? "intact" : "damaged"
        damagedRegions = segment.damagedRegions
        damagedBytes = segment.damagedBytes
        regionsSetAside = segment.regionsSetAside
        tornBytes = segment.tornBytes
    }

    var text: String {
        var text = "Segment        \(name): \(bytes) bytes, \(records) clicks, \(frames) sealed frames"
        if header != "intact" { text += ", header damaged" }
        if damagedRegions > 0 { text += ", \(damagedBytes) bytes damaged in \(damagedRegions) places" }
        if regionsSetAside > 0 { text += " (\(regionsSetAside) of them set aside)" }
        if tornBytes > 0 { text += ", \(tornBytes) bytes of an unfinished record" }
        return text
    }
}

extension JournalDocument.Frame {
    init(_ frame: FrameInspection) {
        number = frame.number
        clicks = frame.records
        bytes = frame.bytes
        openedAt = Timestamp(milliseconds: frame.openedAt).rfc3339
        sealedAt = Timestamp(milliseconds: frame.sealedAt).rfc3339
    }

    var text: String { "Frame          \(number): \(clicks) clicks, \(bytes) bytes, \(openedAt) to \(sealedAt)" }
}
