import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import ClickJournal

/// Bytes that changed on the disk: everything else comes out, once, and the damage is reported.
@Suite(.ownThread) struct DamageTests {
    /// A small journal: frame 1 acknowledged, frames 2 to 4 sealed, frame 5 open, in two segments.
    private struct Sample {
        let image: DirectoryImage
        let unacknowledged: [UInt64: [String]] = [
            2: ["<c>", "<d>"], 3: ["<e>", "<f>"], 4: ["<g>", "<h>"], 5: ["<i>"],
        ]

        init(_ fixture: JournalFixture) async throws {
            let journal = try await fixture.open()
            for text in ["<a>", "<b>", "<c>", "<d>", "<e>", "<f>", "<g>", "<h>", "<i>"] { _ = journal.append(text) }
            _ = try await journal.frames()
            try await journal.acknowledge(through: 1)
            image = try DirectoryImage(of: fixture.path)
        }

        /// The click whose record covers this byte, if it is one.
        func click(at offset: Int, in file: String) -> String? {
            guard let bytes = image.files[file], let name = SegmentName(file), let header = SegmentHeader(bytes) else {
                return nil
            }
            var scanner = SegmentScanner(
                from: SegmentHeader.byteCount,
                seed: ChecksumSeed.make(identity: header.identity, sequence: name.sequence))
            while let event = bytes.withUnsafeBytes({ scanner.next(in: $0) }) {
                if case .click(_, let payload) = event,
                    (payload.lowerBound - RecordFormat.headerBytes..<payload.upperBound).contains(offset)
                {
                    return String(decoding: bytes[payload], as: UTF8.self)
                }
            }
            return nil
        }
    }

    private let fixture = JournalFixture(frameRecords: 2, segmentBytes: 300)

    private var quiet: SystemCalls {
        var calls = SystemCalls.live
        calls.synchronize = { _ in 0 }
        return calls
    }

    @Test func everySingleFlippedBitCostsAtMostItsOwnRecord() async throws {
        let sample = try await Sample(fixture)
        #expect(sample.image.segments.count == 2)
        for (name, bytes) in sample.image.files.sorted(by: { $0.key < $1.key }) {
            for bit in 0..<(bytes.count * 8) {
                var image = sample.image
                image.files[name]?[bit / 8] ^= 1 << (bit % 8)
                let lost = sample.click(at: bit / 8, in: name)
                let place = "\(name) byte \(bit / 8) bit \(bit % 8)"
                try await check(image, of: sample, without: lost, isWatermark: name == "acknowledged", place)
            }
        }
    }

    private func check(
        _ image: DirectoryImage, of sample: Sample, without lost: String?, isWatermark: Bool, _ place: String
    ) async throws {
        let directory = "flipped"
        defer { try? FileManager.default.removeItem(atPath: fixture.folder.path(directory)) }
        let journal = try await fixture.open(image, as: directory, system: quiet)
        var expected = sample.unacknowledged.mapValues { $0.filter { $0 != lost } }.filter { !$0.value.isEmpty }
        var frames = try await journal.frames()
        // A damaged mark may bring acknowledged frames again, with the same content.
        if isWatermark, frames[1] != nil { expected[1] = ["<a>", "<b>"] }
        #expect(frames == expected, "\(place)")
        let status = journal.status()
        #expect(status.damagedRegions + status.tornBytes > 0, "\(place)")

        // New clicks get a number that no frame could have had.
        #expect(journal.append("new") == .recorded)
        journal.seal()
        let new = try await journal.sealedFrames(after: 0, limit: .max).last
        #expect(new?.texts == ["new"])
        #expect(try #require(new).number > (lost == "<i>" ? 4 : 5), "\(place)")

        // The frames stay what they are.
        try await journal.close()
        let again = try await fixture.open(directory, system: quiet)
        frames = try await again.frames()
        expected[try #require(new).number] = ["new"]
        #expect(frames == expected, "\(place)")
    }

    @Test func damagedBytesAreKeptOnceAndCounted() async throws {
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        var image = try DirectoryImage(of: fixture.path)
        let segment = image.segments[0]
        let record = SegmentHeader.byteCount..<(SegmentHeader.byteCount + RecordFormat.headerBytes + 1)
        image.files[segment]?[record.lowerBound + 20] = 0
        let damaged = try #require(image.files[segment])[record]
        for open in 1...2 {
            let reopened = open == 1 ? try await fixture.open(image, as: "damaged") : try await fixture.open("damaged")
            #expect(try await reopened.frames() == [1: ["b"], 2: ["c"]])
            #expect(reopened.status().damagedRegions == 1)
            #expect(reopened.status().damagedBytes == record.count)
            #expect(reopened.status().lostRecords == 1)
            let folder = fixture.folder.path("damaged/damaged")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names == ["\(segment).\(record.lowerBound)-\(record.count)"])
            #expect(try Array(Data(contentsOf: URL(filePath: "\(folder)/\(names[0])"))) == Array(damaged))
            try await reopened.close()
        }
    }

    @Test func theDamagedFolderIsBounded() async throws {
        var fixture = fixture
        fixture.configuration.maximumSetAsideBytes = 20
        let journal = try await fixture.open()
        _ = journal.append("a")
        var image = try DirectoryImage(of: fixture.path)
        image.files[image.segments[0]]?[84] ^= 1
        let reopened = try await fixture.open(image, as: "damaged")
        #expect(reopened.status().damagedBytes == 21)
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("damaged/damaged")))
    }

    /// A stretch that ends the journal may hide frames that were sent: their numbers must not come back.
    @Test(arguments: [0 as UInt8, 0xFF, 0x55])
    func numbersHiddenByDamageAtTheEndAreNotUsedAgain(filler: UInt8) async throws {
        let fixture = JournalFixture(frameRecords: 1)
        let journal = try await fixture.open()
        for text in ["a", "b", "", "", "", ""] { _ = journal.append(text) }
        journal.seal()
        #expect(try await journal.frames().keys.max() == 6)
        let image = try DirectoryImage(of: fixture.path)
        let segment = image.segments[0]
        let bytes = try #require(image.files[segment])
        for start in 0..<bytes.count {
            var damaged = image
            damaged.files[segment] = bytes[..<start] + [UInt8](repeating: filler, count: bytes.count - start)
            let reopened = try await fixture.open(damaged, as: "damaged-\(start)")
            // Opening again, and again after a crash, must not bring the numbers back either.
            let second = try await fixture.open(
                DirectoryImage(of: fixture.folder.path("damaged-\(start)")), as: "second-\(start)")
            for journal in [reopened, second] {
                #expect(journal.identity == self.identity(of: image))
                _ = journal.append("new")
                journal.seal()
                let last = try #require(try await journal.sealedFrames(after: 0, limit: .max).last)
                #expect(last.texts == ["new"])
                #expect(last.number > 6, "start \(start)")
            }
        }
    }

    @Test func damageAppearingWhileOpenIsReportedOnceAndBlocksNothing() async throws {
        let fixture = JournalFixture(frameRecords: 2)
        let journal = try await fixture.open()
        for text in ["a", "b", "c", "d", "e"] { _ = journal.append(text) }
        let image = try DirectoryImage(of: fixture.path)
        // Both records of frame 1 and the first of frame 2 rot.
        let frame = 2 * (RecordFormat.headerBytes + 1) + RecordFormat.sealBytes
        for offset in [20, 41, frame + 20].map({ $0 + SegmentHeader.byteCount }) {
            overwrite(offset, with: 0, in: "\(fixture.path)/\(image.segments[0])")
        }
        for _ in 1...2 {
            #expect(try await journal.sealedFrames(after: 0, limit: 1).map(\.texts) == [["d"]])
            let status = journal.status()
            #expect(status.lostRecords == 3)
            #expect(status.damagedRegions == 2)
            #expect(status.damagedBytes == 3 * 21)
            #expect(status.unacknowledgedRecords == 2)
        }
        try await journal.acknowledge(through: 2)
        #expect(journal.status().totals.acknowledged == 1)
    }

    /// What a copy that holds the whole frame brings must add up with this.
    @Test func onlyTheBeginningOfADamagedFrameIsPartial() async throws {
        let fixture = JournalFixture(frameRecords: 3)
        let journal = try await fixture.open()
        for text in ["a", "b", "c", "d", "e"] { _ = journal.append(text) }
        let image = try DirectoryImage(of: fixture.path)
        let record = RecordFormat.headerBytes + 1
        let ends = [record, 2 * record, 3 * record, 3 * record + RecordFormat.sealBytes]
        // By the damaged record (3 is the seal): is frame 1 partial, and frame 2, which was left open?
        let expected = [(false, true), (false, true), (true, true), (true, true)]
        for (number, end) in ends.enumerated() {
            var damaged = image
            damaged.files[image.segments[0]]?[SegmentHeader.byteCount + end - 1] ^= 1
            for opening in 1...2 {
                let name = "damaged-\(number)"
                let reopened = opening == 1 ? try await fixture.open(damaged, as: name) : try await fixture.open(name)
                let frames = try await reopened.sealedFrames(after: 0, limit: .max)
                #expect(
                    frames.map(\.texts) == [
                        ["a", "b", "c"].enumerated().filter { $0.0 != number }.map(\.1), ["d", "e"],
                    ])
                #expect(frames.map(\.isPartial) == [expected[number].0, expected[number].1])
                #expect(reopened.status().partialFrames[1] == (expected[number].0 ? frames[0].records.count : nil))
                try await reopened.close()
            }
        }
        // In the frame that was left open.
        for (record, isPartial) in [(0, false), (1, true)] {
            var damaged = image
            let offset = SegmentHeader.byteCount + ends[3] + record * ends[0] + 20
            damaged.files[image.segments[0]]?[offset] ^= 1
            let name = "open-\(record)"
            for opening in 1...2 {
                let reopened = opening == 1 ? try await fixture.open(damaged, as: name) : try await fixture.open(name)
                let frame = try await reopened.sealedFrames(after: 1, limit: 1).first
                #expect(frame?.isPartial == isPartial)
                #expect(reopened.status().partialFrames == (isPartial ? [2: 1] : [:]))
                try await reopened.close()
            }
        }
        // While it is open.
        overwrite(SegmentHeader.byteCount + 20, with: 0, in: "\(fixture.path)/\(image.segments[0])")
        #expect(try await journal.sealedFrames(after: 0, limit: 1).map(\.isPartial) == [false])
        #expect(journal.status().partialFrames == [:])
    }

    @Test func aVanishedSegmentIsAGap() async throws {
        let fixture = JournalFixture(frameRecords: 1, segmentBytes: 100)
        let journal = try await fixture.open()
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        unlink("\(fixture.path)/\(try DirectoryImage(of: fixture.path).segments[0])")
        #expect(try await journal.frames() == [2: ["b"]])
        #expect(journal.status().lostRecords == 1)
    }

    /// A click that contains the bytes of a record is never taken for one, even when its own record is damaged.
    @Test func aRecordInsideAClickIsNotARecord() async throws {
        let journal = try await fixture.open()
        var inner = [UInt8](repeating: 0, count: RecordFormat.headerBytes + 3)
        // The best an attacker who does not know the identity can do.
        _ = inner.withUnsafeMutableBytes { target in
            Array("bad".utf8).withUnsafeBytes {
                RecordFormat.encode(.click, frame: 1, payload: $0, seed: CRC32C.start, into: target)
            }
        }
        _ = journal.append(inner)
        _ = journal.append("good")
        var image = try DirectoryImage(of: fixture.path)
        image.files[image.segments[0]]?[SegmentHeader.byteCount] = 0
        let reopened = try await fixture.open(image, as: "attacked")
        #expect(try await reopened.frames() == [1: ["good"]])
    }

    private func overwrite(_ offset: Int, with byte: UInt8, in path: String) {
        let file = OpenFile(open(path, O_WRONLY))
        #expect([byte].withUnsafeBytes { pwrite(file.descriptor, $0.baseAddress, 1, offset) } == 1)
    }

    private func identity(of image: DirectoryImage) -> JournalIdentity? {
        image.files["identity"].flatMap { JournalIdentity(String(decoding: $0.prefix(36), as: UTF8.self)) }
    }
}
