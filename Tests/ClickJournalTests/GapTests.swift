import FoundationEssentials
import TestSupport
import Testing

@testable import ClickJournal

/// Frame numbers that nobody will ever take: the ledger has to hear of them, whatever happens in between.
@Suite(.ownThread) struct GapTests {
    private let fixture = JournalFixture(frameRecords: 1)

    /// What is in the directory at this moment, as a journal.
    private func crashed(as name: String) async throws -> JournalLife {
        try await fixture.open(DirectoryImage(of: fixture.path), as: name)
    }

    @Test func stretchesThatTouchBecomeOne() {
        var gaps = FrameGaps([5...5, 9...10])
        gaps.insert(7...7)
        #expect(gaps.stretches == [5...5, 7...7, 9...10])
        gaps.insert(6...6)
        #expect(gaps.stretches == [5...7, 9...10])
        gaps.insert(1...20)
        #expect(gaps.stretches == [1...20])
        gaps.insert(2...3)
        #expect(gaps.stretches == [1...20])
    }

    /// Against sets of numbers, which cannot be wrong.
    @Test func gapsAreTheNumbersThatWereInserted() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var (gaps, numbers) = (FrameGaps(), Set<UInt64>())
            for _ in 0..<12 {
                let first = UInt64.random(in: 1...40, using: &random)
                let stretch = first...(first + UInt64.random(in: 0...4, using: &random))
                gaps.insert(stretch)
                numbers.formUnion(stretch)
            }
            #expect(gaps.stretches.flatMap(Array.init) == numbers.sorted())
            #expect(zip(gaps.stretches, gaps.stretches.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
    }

    @Test func theEarliestStretchesAreLetGoOf() {
        let gaps = FrameGaps((1...UInt64(FrameGaps.maximumStretches + 3)).map { ($0 * 2)...($0 * 2) })
        #expect(gaps.stretches.count == FrameGaps.maximumStretches)
        #expect(gaps.stretches.first == 8...8)
    }

    @Test func aGapOutlivesACrashRightAfterItWasAcknowledged() async throws {
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        _ = try await journal.frames()
        try await journal.setAside(2, copy: Array("copy".utf8))
        try await journal.acknowledge(through: 2)
        let restarted = try await crashed(as: "crashed")
        #expect(restarted.status().gaps == [2...2])
        #expect(try FolderInspection.read(directory: fixture.folder.path("crashed")).journals.map(\.gaps) == [[2...2]])
        // And the next one, and with further gaps.
        _ = try await restarted.frames()
        try await restarted.setAside(3, copy: Array("copy".utf8))
        try await restarted.acknowledge(through: 3)
        try await restarted.close()
        #expect(try await fixture.open("crashed").status().gaps == [2...3])
    }

    @Test func aFileThatIsDamagedOrOfAnotherJournalHasNoGaps() async throws {
        let journal = try await fixture.open()
        let other = try await fixture.open("other")
        for each in [journal, other] {
            for text in ["a", "b"] { _ = each.append(text) }
            _ = try await each.frames()
            try await each.setAside(1, copy: [])
            try await each.acknowledge(through: 1)
        }
        let image = try DirectoryImage(of: fixture.path)
        let content = try #require(image.files["gaps"])
        for offset in content.indices {
            var damaged = image
            damaged.files["gaps"]?[offset] ^= 1
            let reopened = try await fixture.open(damaged, as: "damaged-\(offset)")
            #expect(reopened.status().gaps.isEmpty)
        }
        var foreign = image
        foreign.files["gaps"] = try DirectoryImage(of: fixture.folder.path("other")).files["gaps"]
        #expect(try await fixture.open(foreign, as: "foreign").status().gaps.isEmpty)
    }

    /// A frame whose copy cannot be kept is not given up.
    @Test func withoutACopyNothingIsSetAside() async throws {
        let journal = try await fixture.open()
        for text in ["a", "b"] { _ = journal.append(text) }
        _ = try await journal.frames()
        try Data().write(to: URL(filePath: fixture.path + "/damaged"))
        await #expect(throws: JournalError.self) { try await journal.setAside(1, copy: Array("copy".utf8)) }
        #expect(journal.status().lostRecords == 0)
        #expect(journal.status().gaps.isEmpty)
        #expect(try await journal.frames() == [1: ["a"]])
    }

    @Test func copiesAreBounded() async throws {
        var fixture = fixture
        fixture.configuration.maximumSetAsideBytes = 10
        let journal = try await fixture.open()
        for text in ["a", "b"] { _ = journal.append(text) }
        _ = try await journal.frames()
        try await journal.setAside(1, copy: Array("12345678".utf8))
        await #expect(throws: JournalError.self) { try await journal.setAside(2, copy: Array("123".utf8)) }
        #expect(journal.status().gaps == [1...1])
    }

    @Test func theCopyIsNamedAfterFrameAndJournal() async throws {
        let journal = try await fixture.open()
        _ = journal.append("a")
        _ = try await journal.frames()
        for _ in 0..<2 { try await journal.setAside(1, copy: Array("copy".utf8)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/damaged")
        #expect(names == ["frame-1-\(journal.identity).json"])
    }
}
