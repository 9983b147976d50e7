import TestSupport
import Testing

@testable import ClickJournal

/// What a journal knows of itself beyond the present process, and how it looks from outside.
@Suite(.ownThread) struct JournalTotalsTests {
    private let fixture = JournalFixture(frameRecords: 2, segmentBytes: 200)

    private func fill(_ journal: JournalLife, _ count: Int) {
        for number in 1...count { _ = journal.append("click \(number)") }
    }

    @Test func totalsGoOnAfterARestart() async throws {
        var journal = try await fixture.open()
        fill(journal, 7)
        _ = try await journal.frames()
        try await journal.acknowledge(through: 2)
        #expect(journal.append([UInt8](repeating: 1, count: 9_000)) == .dropped(.tooLarge))
        try await journal.sync()
        #expect(journal.status().totals == JournalTotals(acknowledged: 4, dropped: 1))
        #expect(journal.status().recordedTotal == 7)
        // As a crash leaves it.
        journal = try await fixture.open(DirectoryImage(of: fixture.path), as: "crashed")
        #expect(journal.status().totals == JournalTotals(acknowledged: 4, dropped: 1))
        #expect(journal.status().recordedTotal == 7)
        fill(journal, 3)
        journal.seal()
        let last = try #require(try await journal.frames().keys.max())
        try await journal.acknowledge(through: last)
        #expect(journal.status().totals.acknowledged == 10)
        try await journal.close()
        #expect(try await fixture.open("crashed").status().recordedTotal == 10)
    }

    @Test func dropsAfterTheLastAcknowledgementAreKeptWithoutOne() async throws {
        let journal = try await fixture.open()
        for _ in 1...3 { _ = journal.append([UInt8](repeating: 1, count: 9_000)) }
        try await journal.close()
        #expect(try await fixture.open().status().totals.dropped == 3)
    }

    @Test func damagedRecordsStayKnownAsLost() async throws {
        let journal = try await fixture.open()
        fill(journal, 4)
        journal.seal()
        try await journal.sync()
        var image = try DirectoryImage(of: fixture.path)
        let segment = image.segments[0]
        image.files[segment]?[SegmentHeader.byteCount + RecordFormat.headerBytes] ^= 1
        let damaged = try await fixture.open(image, as: "damaged")
        #expect(damaged.status().totals.lost == 1)
        #expect(damaged.status().recordedTotal == 4)
        let last = try #require(try await damaged.frames().keys.max())
        try await damaged.acknowledge(through: last)
        #expect(damaged.status().totals == JournalTotals(acknowledged: 3, lost: 1))
        try await damaged.close()
        #expect(try await fixture.open("damaged").status().recordedTotal == 4)
    }

    /// Frame 2 loses both records and its seal: nobody will ever send that number.
    @Test func aFrameThatDamageEmptiedIsAGap() async throws {
        let journal = try await fixture.open()
        fill(journal, 6)
        journal.seal()
        var image = try DirectoryImage(of: fixture.path)
        let frame = 2 * (RecordFormat.headerBytes + 7) + RecordFormat.sealBytes
        let start = SegmentHeader.byteCount + frame
        for offset in start..<(start + frame) { image.files[image.segments[0]]?[offset] = 0 }
        let damaged = try await fixture.open(image, as: "damaged")
        #expect(damaged.status().gaps == [2...2])
        #expect(try await damaged.frames().keys.sorted() == [1, 3])
    }

    @Test func withoutItsMarkAJournalSaysThatItsTotalsAreNotComplete() async throws {
        let journal = try await fixture.open()
        fill(journal, 8)
        journal.seal()
        _ = try await journal.frames()
        try await journal.acknowledge(through: 3)
        var image = try DirectoryImage(of: fixture.path)
        image.files["acknowledged"] = nil
        #expect(try #require(SegmentName(image.segments[0])).sequence > 1)
        let reopened = try await fixture.open(image, as: "markless")
        #expect(!reopened.status().totals.areComplete)
        try await reopened.close()
        #expect(try await !fixture.open("markless").status().totals.areComplete)
    }

    @Test func anInspectionSeesWhatOpeningWouldFind() async throws {
        let journal = try await fixture.open()
        fill(journal, 5)
        _ = try await journal.frames()
        try await journal.acknowledge(through: 1)
        let folder = try FolderInspection.read(directory: fixture.path)
        let running = try #require(folder.journals.first)
        #expect(folder.isInUse)
        #expect(running.identity == journal.identity)
        #expect(running.acknowledged?.frame == 1)
        #expect(running.recordedTotal == 5)
        #expect(running.waitingFrames.map(\.number) == [2])
        #expect(running.openRecords == 1)
        #expect(running.nextFrame == 3)
        #expect(!running.isDamaged)
        let before = try DirectoryImage(of: fixture.path)
        try await journal.close()
        let closed = try FolderInspection.read(directory: fixture.path)
        let stopped = try #require(closed.journals.first)
        #expect(!closed.isInUse)
        #expect(stopped.waitingFrames.map(\.number) == [2, 3])
        #expect(stopped.recordedTotal == 5)
        // Looking changes nothing.
        try before.write(to: fixture.folder.path("copy"))
        _ = try FolderInspection.read(directory: fixture.folder.path("copy"))
        #expect(try DirectoryImage(of: fixture.folder.path("copy")) == before)
    }

    @Test func anInspectionNamesDamage() async throws {
        let journal = try await fixture.open()
        fill(journal, 4)
        journal.seal()
        var image = try DirectoryImage(of: fixture.path)
        image.files[image.segments[0]]?[SegmentHeader.byteCount + RecordFormat.headerBytes] ^= 1
        image.files["identity"] = Array("rubbish".utf8)
        try image.write(to: fixture.folder.path("damaged"))
        let folder = try FolderInspection.read(directory: fixture.folder.path("damaged"))
        let inspection = try #require(folder.journals.first)
        #expect(inspection.isDamaged)
        #expect(inspection.isIdentityDamaged)
        #expect(inspection.identity == journal.identity)
        #expect(inspection.segments[0].damagedRegions == 1)
        #expect(inspection.lostRecords == 1)
        #expect(inspection.waitingRecords == 3)
        // Opening sets the damage aside; nothing is left to be done about it then.
        try await fixture.open("damaged").close()
        let opened = try FolderInspection.read(directory: fixture.folder.path("damaged"))
        let mended = try #require(opened.journals.first)
        #expect(!mended.isDamaged)
        #expect(mended.segments[0].regionsSetAside == 1)
    }
}
