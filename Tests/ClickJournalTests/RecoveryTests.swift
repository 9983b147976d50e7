import FoundationEssentials
import TestSupport
import Testing

@testable import ClickJournal

/// What opening finds after a crash or a lost file.
@Suite(.ownThread) struct RecoveryTests {
    @Test func unsealedRecordsComeOutOnceUnderTheOpenFramesNumber() async throws {
        let fixture = JournalFixture(frameRecords: 2)
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        let first = try await fixture.open(DirectoryImage(of: fixture.path), as: "first")
        #expect(try await first.frames() == [1: ["a", "b"], 2: ["c"]])
        #expect(first.status().unacknowledgedRecords == 3)
        _ = first.append("d")
        let second = try await fixture.open(DirectoryImage(of: fixture.folder.path("first")), as: "second")
        #expect(try await second.frames() == [1: ["a", "b"], 2: ["c"], 3: ["d"]])
        #expect(second.identity == journal.identity)
        #expect(second.status().oldestUnacknowledgedAt == fixture.clock.now)
    }

    /// Cuts the last segment at every byte, its header included.
    @Test func everyTruncationRecoversEverythingCompleteBeforeIt() async throws {
        let fixture = JournalFixture(frameRecords: 2, segmentBytes: 250)
        let journal = try await fixture.open()
        for number in 1...7 { _ = journal.append("click \(number)") }
        let image = try DirectoryImage(of: fixture.path)
        #expect(image.segments.count == 2)
        let last = image.segments[1]
        let bytes = try #require(image.files[last])
        let record = RecordFormat.headerBytes + 7
        let firstFrame = try #require(SegmentName(last)).firstFrame
        let earlier = 2 * Int(firstFrame - 1)
        for length in 0..<bytes.count {
            var cut = image
            cut.files[last] = Array(bytes[..<length])
            let reopened = try await fixture.open(cut, as: "cut-\(length)")
            var complete = 0
            var boundaries = Set([SegmentHeader.byteCount])
            var end = SegmentHeader.byteCount
            for number in (earlier + 1)...7 {
                end += record
                if end <= length { complete += 1 }
                boundaries.insert(end)
                if number % 2 == 0, number < 7 {
                    end += RecordFormat.sealBytes
                    boundaries.insert(end)
                }
            }
            #expect(end == bytes.count)
            let texts = try await reopened.frames().sorted { $0.key < $1.key }
            #expect(texts.flatMap(\.value) == (1...(earlier + complete)).map { "click \($0)" }, "length \(length)")
            #expect(texts.map(\.key) == Array(1...UInt64((earlier + complete + 1) / 2)))
            #expect((reopened.status().tornBytes > 0) == (!boundaries.contains(length) && length > 0))
            #expect(reopened.status().damagedRegions == 0)
            _ = reopened.append("next")
            reopened.seal()
            let next = try await reopened.frames(after: texts.last?.key ?? 0)
            #expect(next == [(texts.last?.key ?? 0) + 1: ["next"]])
            // Nothing of the torn record is left to be reported again.
            let again = try await fixture.open(
                DirectoryImage(of: fixture.folder.path("cut-\(length)")), as: "again-\(length)")
            #expect(again.status().tornBytes == 0)
            #expect(again.status().damagedRegions == 0)
        }
    }

    @Test func aLostWatermarkBringsTheSameFramesAgain() async throws {
        let fixture = JournalFixture(frameRecords: 1)
        let journal = try await fixture.open()
        for text in ["a", "b"] { _ = journal.append(text) }
        journal.seal()
        _ = try await journal.frames()
        try await journal.acknowledge(through: 2)
        var image = try DirectoryImage(of: fixture.path)
        image.files["acknowledged"] = nil
        let reopened = try await fixture.open(image, as: "lost")
        #expect(try await reopened.frames() == [1: ["a"], 2: ["b"]])
        _ = reopened.append("c")
        reopened.seal()
        #expect(try await reopened.frames(after: 2) == [3: ["c"]])
    }

    /// The end of a segment may vanish without a trace, and with it frames that receivers know.
    @Test func numbersOfFramesThatWereHandedOutAreNotUsedAgain() async throws {
        let fixture = JournalFixture(frameRecords: 1)
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        // The third frame is open: nobody has it.
        #expect(try await journal.frames() == [1: ["a"], 2: ["b"]])
        var image = try DirectoryImage(of: fixture.path)
        image.files[image.segments[0]]?.removeSubrange(SegmentHeader.byteCount...)
        let reopened = try await fixture.open(image, as: "cut")
        _ = reopened.append("d")
        reopened.seal()
        #expect(try await reopened.frames() == [3: ["d"]])
        #expect(reopened.status().gaps == [1...2])
        #expect(reopened.status().damagedRegions == 1)
    }

    @Test func withoutSegmentsTheIdentityChanges() async throws {
        let fixture = JournalFixture(frameRecords: 1)
        let journal = try await fixture.open()
        _ = journal.append("a")
        journal.seal()
        _ = try await journal.frames()
        try await journal.acknowledge(through: 1)
        var image = try DirectoryImage(of: fixture.path)
        for name in image.segments { image.files[name] = nil }
        let reopened = try await fixture.open(image, as: "lost")
        #expect(reopened.identity != journal.identity)
        _ = reopened.append("b")
        reopened.seal()
        #expect(try await reopened.frames() == [1: ["b"]])
        let identity = reopened.identity
        try await reopened.close()
        #expect(try await fixture.open("lost").identity == identity)
    }

    /// Every state that dying during the very first open can leave.
    @Test func theFirstOpenCanDieAnywhere() async throws {
        let fixture = JournalFixture()
        _ = try await fixture.open()
        let image = try DirectoryImage(of: fixture.path)
        let segment = image.segments[0]
        let header = try #require(image.files[segment])
        for length in 0...header.count {
            var partial = DirectoryImage.empty
            partial.files[segment] = Array(header[..<length])
            partial.files["identity.new"] = Array("dead".utf8)
            let reopened = try await fixture.open(partial, as: "first-\(length)")
            #expect(reopened.status().damagedRegions == 0)
            _ = reopened.append("a")
            reopened.seal()
            #expect(try await reopened.frames() == [1: ["a"]])
            try await reopened.close()
            #expect(try await fixture.open("first-\(length)").identity == reopened.identity)
        }
    }

    @Test func anotherJournalsSegmentIsSetAside() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        _ = journal.append("ours")
        let other = try await fixture.open("other")
        _ = other.append("theirs")
        var image = try DirectoryImage(of: fixture.path)
        let foreign = SegmentName(sequence: 2, firstFrame: 5).text
        let stray = try DirectoryImage(of: fixture.folder.path("other"))
        image.files[foreign] = stray.files[stray.segments[0]]
        let reopened = try await fixture.open(image, as: "mixed")
        #expect(try await reopened.frames() == [1: ["ours"]])
        #expect(reopened.status().damagedRegions == 1)
        let damaged = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("mixed/damaged"))
        #expect(damaged == [foreign])
    }

    /// A failing disk may refuse both to take a new segment's header and to delete the file again.
    @Test(arguments: [0, 10, SegmentHeader.byteCount])
    func whatIsLeftOfAnAttemptToBeginASegmentIsNoSegment(length: Int) async throws {
        let fixture = JournalFixture(frameRecords: 1, segmentBytes: 100)
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        var image = try DirectoryImage(of: fixture.path)
        let sequence = try #require(image.segments.last.flatMap { SegmentName($0) }).sequence
        for frame in [1, 99] as [UInt64] {
            let header = SegmentHeader(
                identity: journal.identity, sequence: sequence, firstFrame: frame, createdAt: 1)
            image.files[SegmentName(sequence: sequence, firstFrame: frame).text] = Array(header.bytes[..<length])
        }
        let reopened = try await fixture.open(image, as: "left")
        _ = reopened.append("d")
        reopened.seal()
        #expect(try await reopened.frames() == [1: ["a"], 2: ["b"], 3: ["c"], 4: ["d"]])
    }

    @Test func aSegmentThatLostItsHeaderAndItsEndKeepsWhatIsBetween() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        for text in ["a", "b"] { _ = journal.append(text) }
        var image = try DirectoryImage(of: fixture.path)
        // So much of the header is lost that the last record begins where the header should end.
        image.files[image.segments[0]]?.replaceSubrange(..<SegmentHeader.byteCount, with: repeatElement(0, count: 40))
        image.files[image.segments[0]]?.removeLast(1)
        let reopened = try await fixture.open(image, as: "headless")
        #expect(try await reopened.frames() == [1: ["a"]])
        try await reopened.close()
        #expect(try await fixture.open("headless").frames() == [1: ["a"]])
    }

    @Test func aNewerFormatIsRefusedAndLeftAlone() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        var image = try DirectoryImage(of: fixture.path)
        let segment = image.segments[0]
        image.files[segment] =
            SegmentHeader(
                identity: journal.identity, sequence: 1, firstFrame: 1, createdAt: 0, storedVersion: 2
            ).bytes
        await #expect(
            throws: JournalError.unsupportedVersion(path: fixture.folder.path("newer/\(segment)"), version: 2)
        ) { try await fixture.open(image, as: "newer") }
        #expect(try DirectoryImage(of: fixture.folder.path("newer")).files[segment] == image.files[segment])
    }

    @Test func aSmallerRecordLimitStillReadsOldRecords() async throws {
        var fixture = JournalFixture()
        let journal = try await fixture.open()
        _ = journal.append([UInt8](repeating: 65, count: 8_000))
        try await journal.close()
        fixture.configuration.maximumRecordBytes = 10
        let reopened = try await fixture.open()
        #expect(try await reopened.frames()[1]?.first?.utf8.count == 8_000)
    }

    @Test func acknowledgedSegmentsThatSurvivedACrashAreDeletedAtOpen() async throws {
        let fixture = JournalFixture(frameRecords: 1, segmentBytes: 100)
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        journal.seal()
        _ = try await journal.frames()
        var image = try DirectoryImage(of: fixture.path)
        try await journal.acknowledge(through: 2)
        image.files["acknowledged"] = try DirectoryImage(of: fixture.path).files["acknowledged"]
        let reopened = try await fixture.open(image, as: "reopened")
        // The one with frame 3, and a new one because that is full.
        #expect(try DirectoryImage(of: fixture.folder.path("reopened")).segments.count == 2)
        #expect(try await reopened.frames() == [3: ["c"]])
    }

    /// When the last frame is acknowledged its segment goes; the new, empty one must already be on the disk by then.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func aPowerCutAfterTheLastAcknowledgementKeepsTheNumberLine(seed: UInt64) async throws {
        let fixture = JournalFixture(segmentBytes: 100)
        let powerCut = PowerCut()
        var random = SeededGenerator(seed: seed)
        let journal = try await fixture.open(system: powerCut.calls)
        _ = journal.append("a")
        journal.seal()
        _ = try await journal.frames()
        try await journal.acknowledge(through: 1)
        #expect(try DirectoryImage(of: fixture.path).segments.count == 1)
        let reopened = try await fixture.open(powerCut.image(of: fixture.path, &random), as: "cut")
        #expect(reopened.identity == journal.identity)
        _ = reopened.append("b")
        reopened.seal()
        #expect(try await reopened.frames() == [2: ["b"]])
    }
}
