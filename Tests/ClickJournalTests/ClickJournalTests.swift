import Glibc
import NIOPosix
import ShrinkrBase
import TestSupport
import Testing

@testable import ClickJournal

/// The journal in ordinary service.
@Suite(.ownThread) struct ClickJournalTests {
    @Test func recordsComeOutInFramesInOrder() async throws {
        let fixture = JournalFixture(frameRecords: 2)
        let journal = try await fixture.open()
        for text in ["a", "", "c", "d", "e"] { #expect(journal.append(text) == .recorded) }
        #expect(try await journal.frames() == [1: ["a", ""], 2: ["c", "d"]])
        #expect(journal.status().openFrameRecords == 1)
        #expect(journal.seal() == nil)
        #expect(try await journal.frames(after: 2) == [3: ["e"]])
        #expect(try await journal.sealedFrames(after: 0, limit: 2).map(\.number) == [1, 2])
        #expect(try await journal.sealedFrames(after: 0, limit: 0).isEmpty)
    }

    @Test func aFrameHoldsNoMoreThanItsBytes() async throws {
        var fixture = JournalFixture()
        fixture.configuration.maximumRecordBytes = 60
        fixture.configuration.maximumFrameBytes = 100
        let journal = try await fixture.open()
        for count in [60, 38, 1, 60] { #expect(journal.append([UInt8](repeating: 1, count: count)) == .recorded) }
        journal.seal()
        let frames = try await journal.sealedFrames(after: 0, limit: 9)
        #expect(frames.map { $0.records.map(\.count) } == [[60, 38], [1, 60]])
    }

    @Test func aFrameIsSealedByAge() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        let opened = fixture.clock.now
        #expect(!journal.sealIfDue(now: opened + 9_999))
        _ = journal.append("a")
        #expect(journal.status().oldestUnacknowledgedAt == opened)
        #expect(!journal.sealIfDue(now: opened + 999))
        #expect(journal.sealIfDue(now: opened + 1_000))
        let frame = try #require(try await journal.sealedFrames(after: 0, limit: 1).first)
        #expect(frame.openedAt == opened)
        #expect(frame.sealedAt == opened + 1_000)
    }

    /// Who seals and who sends wait for these signals and look at nothing meanwhile.
    @Test func framesThatBeginAndEndAreTold() async throws {
        let fixture = JournalFixture(frameRecords: 2)
        let journal = try await fixture.openAll()
        let opened = fixture.clock.now
        func told() -> [UInt64] { [journal.signals.begun.generation, journal.signals.ended.generation] }
        #expect(told() == [0, 0])
        #expect(journal.timeToSeal(now: opened) == nil)
        _ = journal.append("a")
        #expect(told() == [1, 0])
        #expect(journal.timeToSeal(now: opened + 400) == .milliseconds(600))
        #expect(journal.timeToSeal(now: opened + 1_000) == .zero)
        #expect(journal.timeToSeal(now: opened - 1) == .zero)
        _ = journal.append("b")
        #expect(told() == [1, 0])
        // The third ends the first frame, and begins another.
        _ = journal.append("c")
        #expect(told() == [2, 1])
        #expect(journal.sealIfDue(now: opened + 1_000))
        #expect(told() == [2, 2])
        #expect(journal.timeToSeal(now: opened) == nil)
        // As one after the other: three frames begin, two end.
        _ = Array("defgh".utf8).withUnsafeBytes { journal.append($0, ends: [1, 2, 3, 4, 5]) }
        #expect(journal.status().openFrameRecords == 1)
        #expect(told()[0] > 2 && told()[1] > 2)
        try await journal.close()
    }

    @Test func aLongBacklogStopsSealingByAge() async throws {
        var fixture = JournalFixture()
        fixture.configuration.maximumTimedFrames = 2
        let journal = try await fixture.open()
        for expected in [true, true, false] {
            _ = journal.append("a")
            #expect(journal.sealIfDue(now: fixture.clock.now + 5_000) == expected)
        }
        _ = try await journal.frames()
        try await journal.acknowledge(through: 1)
        #expect(journal.sealIfDue(now: fixture.clock.now + 5_000))
    }

    @Test func aRecordTooLongIsDropped() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        #expect(journal.append([UInt8](repeating: 1, count: 8 << 10)) == .recorded)
        #expect(journal.append([UInt8](repeating: 1, count: 8 << 10 | 1)) == .dropped(.tooLarge))
        #expect(journal.status().totals.dropped == 1)
    }

    @Test func aFullJournalDropsUntilAcknowledged() async throws {
        let fixture = JournalFixture(frameRecords: 2, segmentBytes: 500, maximumBytes: 1_000)
        let journal = try await fixture.open()
        var recorded = 0
        while journal.append([UInt8](repeating: 7, count: 100)) == .recorded { recorded += 1 }
        #expect(journal.append([UInt8](repeating: 7, count: 100)) == .dropped(.full))
        #expect(journal.status().totals.dropped == 2)
        #expect((4...8).contains(recorded))
        // The seal must still fit, or nothing could ever be sent.
        journal.seal()
        #expect(journal.status().storedBytes <= 1_000)
        let last = try #require(try await journal.sealedFrames(after: 0, limit: 99).last)
        try await journal.acknowledge(through: last.number)
        #expect(journal.append([UInt8](repeating: 7, count: 100)) == .recorded)
    }

    @Test func acknowledgedSegmentsAreDeletedAndNumbersGoOn() async throws {
        let fixture = JournalFixture(frameRecords: 1, segmentBytes: 100)
        var journal = try await fixture.open()
        for number in 1...20 { _ = journal.append("click \(number)") }
        journal.seal()
        #expect(try DirectoryImage(of: fixture.path).segments.count == 20)
        #expect(try await journal.frames().count == 20)
        try await journal.acknowledge(through: 7)
        #expect(try await journal.frames().keys.sorted() == Array(8...20))
        #expect(try DirectoryImage(of: fixture.path).segments.count == 14)
        try await journal.acknowledge(through: 20)
        #expect(journal.status().isAcknowledged)
        #expect(try DirectoryImage(of: fixture.path).segments.count == 1)
        try await journal.close()
        journal = try await fixture.open()
        #expect(try await journal.frames().isEmpty)
        _ = journal.append("next")
        journal.seal()
        #expect(try await journal.frames() == [21: ["next"]])
    }

    @Test func acknowledgingNeverPassesWhatWasHandedOutAndNeverGoesBack() async throws {
        let fixture = JournalFixture(frameRecords: 1)
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        #expect(try await journal.frames().count == 2)
        try await journal.acknowledge(through: .max)
        #expect(journal.status().acknowledgedFrame == 2)
        try await journal.acknowledge(through: 1)
        #expect(journal.status().acknowledgedFrame == 2)
        journal.seal()
        #expect(try await journal.frames() == [3: ["c"]])
    }

    @Test func twoJournalsCannotShareADirectory() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        await #expect(throws: JournalError.directoryInUse(path: fixture.path)) { try await fixture.open() }
        try await journal.close()
        let second = try await fixture.open()
        #expect(second.identity == journal.identity)
    }

    @Test func aClosedJournalRefuses() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        _ = journal.append("a")
        try await journal.close()
        try await journal.close()
        #expect(journal.append("b") == .dropped(.closed))
        #expect(journal.seal() == .closed)
        #expect(!journal.sealIfDue(now: .max))
        #expect(journal.status().totals.dropped == 1)
        await #expect(throws: JournalError.closed) { try await journal.sealedFrames(after: 0, limit: 1) }
        await #expect(throws: JournalError.closed) { try await journal.acknowledge(through: 1) }
        await #expect(throws: JournalError.closed) { try await journal.sync() }
        let second = try await fixture.open()
        #expect(try await second.frames() == [1: ["a"]])
    }

    @Test func closingWorksWithoutTheThreadPool() async throws {
        let fixture = JournalFixture()
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let journal = try await ClickJournal.open(
            directory: fixture.path, configuration: fixture.configuration, threadPool: pool, now: { 0 })
        _ = journal.append("a")
        try await pool.shutdownGracefully()
        await #expect(throws: JournalError.unavailable) { try await journal.sync() }
        try await journal.close()
        #expect(try await fixture.openAll().texts() == ["a"])
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        let fixture = JournalFixture()
        let path = fixture.folder.path("a/b/c")
        let journal = try await fixture.open("a/b/c")
        #expect(mode(path) == 0o700)
        #expect(mode(fixture.folder.path("a")) == 0o700)
        let names = try DirectoryImage(of: path).files.keys
        #expect(names.count == 4)
        for name in names { #expect(mode("\(path)/\(name)") == 0o600, "\(name)") }
        try await journal.close()
    }

    @Test func limitsThatCannotWorkAreRefused() async throws {
        let fixture = JournalFixture(segmentBytes: 1_000, maximumBytes: 1_999)
        await #expect(throws: JournalError.self) { try await fixture.open() }
        #expect(access(fixture.path, F_OK) != 0)
    }

    @Test func manyThreadsLoseNothing() async throws {
        let fixture = JournalFixture(frameRecords: 50, segmentBytes: 4_000)
        let journal = try await fixture.open()
        let (tasks, each) = (8, 500)
        var seen: [String] = []
        try await withThrowingTaskGroup(of: [String].self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for number in 0..<each where journal.append("\(task):\(number)") != .recorded { return ["lost"] }
                    return []
                }
            }
            group.addTask { try await Self.drain(journal, until: tasks * each) }
            for try await texts in group { seen += texts }
        }
        #expect(seen.count == tasks * each)
        #expect(Set(seen).count == tasks * each)
        let status = journal.status()
        #expect(status.totals == JournalTotals(acknowledged: UInt64(tasks * each)))
        #expect(status.isAcknowledged)
    }

    /// Publishes until `count` records came out, as a publisher would while others append.
    private static func drain(_ journal: JournalLife, until count: Int) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count {
            journal.seal()
            let frames = try await journal.sealedFrames(after: journal.status().acknowledgedFrame, limit: 3)
            texts += frames.flatMap(\.texts)
            if let last = frames.last {
                try await journal.acknowledge(through: last.number)
            } else {
                await Task.yield()
            }
        }
        return texts
    }

    private func mode(_ path: String) -> mode_t {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }
}
