import NIOPosix
import Synchronization

@testable import ClickJournal

/// A clock that tests set.
final class ManualClock: Sendable {
    private let time = Atomic<Int64>(1_000_000)

    var now: Int64 { time.load(ordering: .relaxed) }

    func advance(_ milliseconds: Int64) { time.add(milliseconds, ordering: .relaxed) }
}

/// Opens journals in a temporary folder: of one process each, as release 0.1.0 laid them out, unlike ``ClickJournal``.
struct JournalFixture {
    let folder = TemporaryFolder()
    let clock = ManualClock()
    var configuration = JournalConfiguration()

    /// Frames of at most `records` records, and segments that end after the first frame past `segmentBytes`.
    init(frameRecords: Int = 2_000, segmentBytes: Int = 8 << 20, maximumBytes: Int = 1 << 30) {
        configuration.maximumFrameRecords = frameRecords
        configuration.segmentBytes = segmentBytes
        configuration.maximumBytes = maximumBytes
    }

    var path: String { folder.path("journal") }

    func open(_ name: String = "journal", system: SystemCalls = .live) async throws -> JournalLife {
        try configuration.validate()
        return try await NIOThreadPool.singleton.runBlocking {
            [path = folder.path(name), configuration, clock] () throws(JournalError) in
            let directory = try JournalDirectory(locking: path, system)
            let damaged = try DamageFolder(in: directory, maximumBytes: configuration.maximumSetAsideBytes)
            let place = JournalPlace(directory: directory, identity: nil, damageFolder: damaged)
            return try JournalLife.open(place, configuration, .singleton, system, FrameSignals()) { clock.now }
        }
    }

    /// Opens the journal of a whole folder, as a process does.
    func openAll(_ name: String = "journal", system: SystemCalls = .live) async throws -> ClickJournal {
        try await ClickJournal.open(
            directory: folder.path(name), configuration: configuration, threadPool: .singleton,
            now: { [clock] in clock.now }, system: system)
    }

    /// Opens a journal in a directory made from an image.
    func open(_ image: DirectoryImage, as name: String, system: SystemCalls = .live) async throws -> JournalLife {
        try image.write(to: folder.path(name))
        return try await open(name, system: system)
    }
}

extension ClickJournal {
    func append(_ text: String) -> AppendOutcome { append(Array(text.utf8)) }

    /// All records of all journals that can be read.
    func texts() async throws -> [String] {
        var texts: [String] = []
        for life in lives {
            for frame in try await life.sealedFrames(after: 0, limit: .max) { texts += frame.texts }
        }
        return texts
    }
}

extension JournalLife {
    func append(_ text: String) -> AppendOutcome { append(Array(text.utf8)) }

    func append(_ record: [UInt8]) -> AppendOutcome { record.withUnsafeBytes { append($0) } }

    /// All frames that can be read, by number.
    func frames(after number: UInt64 = 0) async throws -> [UInt64: [String]] {
        let frames = try await sealedFrames(after: number, limit: .max)
        return Dictionary(uniqueKeysWithValues: frames.map { ($0.number, $0.texts) })
    }
}

extension SealedFrame {
    var texts: [String] { records.map { String(decoding: $0, as: UTF8.self) } }
}
