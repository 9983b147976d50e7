import Glibc
import NIOPosix

@testable import ClickJournal

/// Opening a journal, whatever a crash or a failing disk left of it. Input: a ``JournalScript``.
///
/// Each input is opened four times by itself, as if the process were killed in between, and then as what an earlier start
/// left in the folder of another process.
enum JournalTarget {
    private static let executor = InlineExecutor()
    private static let folder = ScratchFolder("journal")
    private static let click = Array("click".utf8)

    static func run(_ input: [UInt8]) {
        let script = JournalScript(input)
        folder.fill(with: script.files)
        guard let found = firstRun(script) else { return }
        // A journal that lived through the first start lives through all others.
        let frames = secondRun(found, isPossible: script.isPossible)
        let left = thirdRun(found.identity, frames)
        fourthRun(found.identity, left, highest: require(frames.last, "the click is there").number)
        fifthRun(found.identity)
    }

    /// What the first run leaves behind.
    private struct Found {
        let identity: JournalIdentity
        let frames: [Frame]
        /// No frame with a number up to this one is new.
        let highest: UInt64
    }

    private struct Frame: Equatable {
        let number: UInt64
        let records: [[UInt8]]
    }

    // MARK: Runs

    /// Opens what the script left; nil where a newer program wrote it. Nothing comes out that was not there.
    private static func firstRun(_ script: JournalScript) -> Found? {
        let journal: JournalLife
        switch open() {
        case .success(let opened): journal = opened
        case .failure(.unsupportedVersion): return nil
        case .failure(let error):
            check(false, "damage does not keep a journal from opening: \(error)")
            return nil
        }
        let (frames, status) = (frames(of: journal), journal.status())
        check(status.unacknowledgedFrames == frames.count, "all frames come out: \(frames.count) of \(status)")
        check(status.unacknowledgedRecords == frames.reduce(0) { $0 + $1.records.count }, "all records come out")
        check(frames.allSatisfy { $0.number > status.acknowledgedFrame }, "no frame comes out again")
        check(frames.allSatisfy { $0.number <= status.lastSealedFrame }, "no number is used twice")
        let bytes = script.files.values.reduce(into: []) { $0 += $1 }
        check(frames.flatMap(\.records).allSatisfy { bytes.contains($0) }, "nothing comes out that was not there")
        check(append(click, to: journal), "a click is recorded")
        return Found(identity: journal.identity, frames: frames, highest: status.lastSealedFrame)
    }

    /// All that was there comes out the same, and the click of the first run in a frame of its own.
    private static func secondRun(_ found: Found, isPossible: Bool) -> [Frame] {
        let journal = reopened(found.identity)
        let frames = frames(of: journal)
        // Of records that contradict each other, others may count once a segment that counted is deleted.
        check(
            frames.dropLast() == found.frames[...] || !isPossible, "a frame never changes: \(found.frames) to \(frames)"
        )
        let added = require(frames.last, "the click is there")
        check(added.records == [click], "the click is alone in its frame: \(frames)")
        check(added.number > found.highest, "frame \(added.number) is new, after \(found.highest)")
        return frames
    }

    /// What was acknowledged does not come out again; all else does.
    private static func thirdRun(_ identity: JournalIdentity, _ frames: [Frame]) -> [Frame] {
        let journal = reopened(identity)
        let acknowledged = frames[frames.count / 2].number
        acknowledge(acknowledged, journal)
        let left = frames.filter { $0.number > acknowledged }
        check(self.frames(of: journal) == left, "frames after \(acknowledged) come out")
        return left
    }

    /// An acknowledgement outlives a crash, and no number is used again after all were acknowledged.
    private static func fourthRun(_ identity: JournalIdentity, _ left: [Frame], highest: UInt64) {
        let journal = reopened(identity)
        check(frames(of: journal) == left, "acknowledged frames stay away")
        acknowledge(highest, journal)
        check(frames(of: journal).isEmpty, "everything is acknowledged")
        check(append(click, to: journal) && journal.seal() == nil, "a click is recorded")
        let last = frames(of: journal)
        check(last.count == 1 && last[0].number > highest, "the next frame is new, after \(highest): \(last)")
        check(succeeds { try await journal.close() }, "the journal can be closed")
    }

    /// Another process takes the journal over, and never goes on with its name.
    private static func fifthRun(_ identity: JournalIdentity) {
        let (path, limits) = (folder.path, limits)
        let opened = executor.run {
            try? await ClickJournal.open(
                directory: path, configuration: limits, threadPool: .singleton, now: { 1_770_000_000_000 })
        }
        let journal = require(opened, "the folder of a journal can be opened")
        check(journal.identity != identity, "every start has a name of its own")
        check(journal.append(click) == .recorded && journal.seal() == nil, "a click is recorded")
        let lives = journal.lives
        check(lives.map(\.identity) == [identity, journal.identity], "the journal is still there")
        check(frames(of: lives[1]).map(\.number) == [1], "the click is in the first frame of its process")
        acknowledge(.max, lives[0])
        check(succeeds { try await journal.forget(lives[0]) }, "the journal can be forgotten")
        check(journal.lives.count == 1, "the journal is forgotten")
        check(succeeds { try await journal.close() }, "the folder can be closed")
    }

    // MARK: Journals

    private static func reopened(_ identity: JournalIdentity) -> JournalLife {
        let journal = require(try? open().get(), "a journal that was open can be opened again")
        check(journal.identity == identity, "a journal keeps its name")
        return journal
    }

    /// Opens the journal as soon as the one before has let go of the directory; no process ever has it twice.
    private static func open() -> Result<JournalLife, JournalError> {
        while true {
            let outcome = tryToOpen()
            guard case .failure(.directoryInUse) = outcome else { return outcome }
            sched_yield()
        }
    }

    private static func tryToOpen() -> Result<JournalLife, JournalError> {
        do throws(JournalError) {
            let directory = try JournalDirectory(locking: folder.path)
            let damaged = try DamageFolder(in: directory, maximumBytes: limits.maximumSetAsideBytes)
            let place = JournalPlace(directory: directory, identity: nil, damageFolder: damaged)
            let signals = FrameSignals()
            return .success(try JournalLife.open(place, limits, .singleton, .live, signals) { 1_770_000_000_000 })
        } catch {
            return .failure(error)
        }
    }

    private static var limits: JournalConfiguration {
        var configuration = JournalConfiguration()
        configuration.maximumFrameRecords = 3
        configuration.segmentBytes = 300
        configuration.maximumSetAsideBytes = 1_024
        return configuration
    }

    /// All frames that can be read, by rising number.
    private static func frames(of journal: JournalLife) -> [Frame] {
        let frames = executor.run { try? await journal.sealedFrames(after: 0, limit: .max) }
        let read = require(frames, "frames can be read").map {
            Frame(number: $0.number, records: $0.records.map(Array.init))
        }
        check(zip(read, read.dropFirst()).allSatisfy { $0.number < $1.number }, "numbers rise")
        check(read.allSatisfy { !$0.records.isEmpty && $0.number > 0 }, "frames have records")
        return read
    }

    private static func acknowledge(_ number: UInt64, _ journal: JournalLife) {
        check(succeeds { try await journal.acknowledge(through: number) }, "frames can be acknowledged")
    }

    private static func append(_ click: [UInt8], to journal: JournalLife) -> Bool {
        click.withUnsafeBytes { journal.append($0) } == .recorded
    }

    private static func succeeds(_ body: @escaping @Sendable () async throws -> Void) -> Bool {
        executor.run { (try? await body()) != nil }
    }
}
