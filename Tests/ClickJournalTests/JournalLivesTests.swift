import FoundationEssentials
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ClickJournal

/// The journals of several starts in one folder, and in copies of it.
@Suite(.ownThread) struct JournalLivesTests {
    private let fixture = JournalFixture(frameRecords: 3)

    private func copy(_ name: String = "journal", to copy: String) throws {
        try FileManager.default.copyItem(atPath: fixture.folder.path(name), toPath: fixture.folder.path(copy))
    }

    private func folders(_ name: String = "journal") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(name))
            .filter { JournalIdentity($0) != nil }
    }

    /// All frames of a journal, each as "name of its journal: number".
    private func frames(_ journal: ClickJournal) async throws -> [String: SealedFrame] {
        var frames: [String: SealedFrame] = [:]
        for life in journal.lives {
            for frame in try await life.sealedFrames(after: 0, limit: .max) {
                #expect(frames.updateValue(frame, forKey: "\(frame.journal): \(frame.number)") == nil)
            }
        }
        return frames
    }

    @Test func everyStartHasAnIdentityOfItsOwn() async throws {
        let first = try await fixture.openAll()
        #expect(first.append("a") == .recorded)
        try await first.close()
        let second = try await fixture.openAll()
        #expect(second.identity != first.identity)
        #expect(second.append("b") == .recorded)
        second.seal()
        #expect(second.lives.map(\.identity) == [first.identity, second.identity])
        let found = try await frames(second)
        #expect(found.mapValues(\.texts) == ["\(first.identity): 1": ["a"], "\(second.identity): 1": ["b"]])
        // Sealed by their own processes: nobody has more of them.
        #expect(found.values.allSatisfy { !$0.isPartial })
    }

    @Test func aFrameThatWasLeftOpenIsPartialForEver() async throws {
        let first = try await fixture.openAll()
        for text in ["a", "b"] { #expect(first.append(text) == .recorded) }
        try copy(to: "copy")
        #expect(first.append("c") == .recorded)
        first.seal()
        let name = "\(first.identity): 1"
        let whole = try #require(try await frames(first)[name])
        #expect(whole.texts == ["a", "b", "c"] && !whole.isPartial)
        let copied = try await fixture.openAll("copy")
        let part = try #require(try await frames(copied)[name])
        #expect(part.texts == ["a", "b"] && part.isPartial)
        #expect(copied.lives.first?.status().partialFrames == [1: 2])
        try await copied.close()
        // The copy's files say so too, and copies of them.
        try copy("copy", to: "second")
        let again = try #require(try await frames(try await fixture.openAll("second"))[name])
        #expect(again.texts == ["a", "b"] && again.isPartial)
    }

    /// The next process speaks for such a frame, and may not ask for more than the queue got of it.
    @Test(arguments: [100, 8 << 20])
    func aPartialFrameIsKnownAfterItsAcknowledgement(segmentBytes: Int) async throws {
        let fixture = JournalFixture(frameRecords: 3, segmentBytes: segmentBytes)
        let first = try await fixture.openAll()
        for text in ["a", "b", "c", "d", "e"] { #expect(first.append(text) == .recorded) }
        try FileManager.default.copyItem(atPath: fixture.path, toPath: fixture.folder.path("killed"))
        let second = try await fixture.openAll("killed")
        let life = try #require(second.lives.first)
        #expect(try await life.sealedFrames(after: 0, limit: .max).map(\.isPartial) == [false, true])
        try await second.acknowledge(through: 2, of: life.identity)
        #expect(life.status().isAcknowledged)
        try FileManager.default.copyItem(atPath: fixture.folder.path("killed"), toPath: fixture.folder.path("again"))
        let third = try await fixture.openAll("again")
        let found = try #require(third.lives.first { $0.identity == first.identity }).status()
        #expect(found.isAcknowledged && found.lastSealedFrame == 2)
        #expect(found.partialFrames == [2: 2])
    }

    /// Also of a frame that damage made partial, and whose segment is deleted.
    @Test func aDamagedFrameIsKnownToBePartialAfterItsAcknowledgement() async throws {
        let fixture = JournalFixture(frameRecords: 2, segmentBytes: 100)
        let first = try await fixture.openAll()
        for text in ["<a>", "<b>", "<c>", "<d>", "<e>", "<f>", "<g>"] { #expect(first.append(text) == .recorded) }
        let folder = "\(first.identity)"
        try FileManager.default.copyItem(atPath: fixture.path, toPath: fixture.folder.path("damaged"))
        let segments = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("damaged/\(folder)"))
            .filter { $0.hasSuffix(".clicks") }.sorted()
        #expect(segments.count == 4)
        let path = fixture.folder.path("damaged/\(folder)/\(segments[1])")
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[try #require(bytes.firstRange(of: Data("<d>".utf8))).lowerBound] ^= 1
        try bytes.write(to: URL(filePath: path))
        let second = try await fixture.openAll("damaged")
        let life = try #require(second.lives.first)
        #expect(try await life.sealedFrames(after: 0, limit: .max).map(\.isPartial) == [false, true, false, true])
        try await second.acknowledge(through: 4, of: life.identity)
        #expect(!FileManager.default.fileExists(atPath: path))
        try FileManager.default.copyItem(atPath: fixture.folder.path("damaged"), toPath: fixture.folder.path("again"))
        let third = try await fixture.openAll("again")
        let found = try #require(third.lives.first { $0.identity == first.identity }).status()
        #expect(found.isAcknowledged && found.partialFrames == [2: 1, 4: 1])
    }

    /// Starts while the queue is away: what they left is open in part, known as a whole, and comes out once.
    @Test func whatManyStartsLeftIsOpenedLittleByLittle() async throws {
        let count = 300
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: true)
        for number in 0..<count {
            fixture.clock.advance(1)
            let journal = try await fixture.openAll("start-\(number)")
            #expect(journal.append("\(number)") == .recorded)
            journal.seal()
            try FileManager.default.moveItem(
                atPath: fixture.folder.path("start-\(number)/\(journal.identity)"),
                toPath: "\(fixture.path)/\(journal.identity)")
        }
        let journal = try await fixture.openAll()
        let most = 3 * (JournalConfiguration.maximumOpenLives + 1) + 2
        #expect(try openFiles() <= most)
        #expect(journal.append("new") == .recorded)
        #expect(journal.status().unacknowledgedRecords == count + 1)
        #expect(journal.earlierStatuses.count == count)
        #expect(journal.lives.count == JournalConfiguration.maximumOpenLives + 1)
        var texts: [String] = []
        while !journal.earlierStatuses.isEmpty {
            let before = texts.count
            for life in journal.lives where life.identity != journal.identity {
                texts += try await life.sealedFrames(after: 0, limit: .max).flatMap(\.texts)
                try await journal.acknowledge(through: 1, of: life.identity)
                try await journal.forget(life)
            }
            try #require(texts.count > before)
            #expect(try openFiles() <= most)
            #expect(journal.status().unacknowledgedRecords == count + 1 - texts.count)
        }
        #expect(texts == (0..<count).map { "\($0)" }, "oldest first")
        #expect(try folders() == ["\(journal.identity)"])
        #expect(journal.status().totals.acknowledged == UInt64(count))
    }

    /// Descriptors that lead into the fixture's folder.
    private func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { descriptor in
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
            return path?.hasPrefix(fixture.path) ?? false
        }
    }

    /// Also those that wait are looked at by whoever repairs.
    @Test func everyStartIsVisited() async throws {
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: true)
        let count = JournalConfiguration.maximumOpenLives + 5
        for number in 0..<count {
            let journal = try await fixture.openAll("start-\(number)")
            #expect(journal.append("\(number)") == .recorded)
            try FileManager.default.moveItem(
                atPath: fixture.folder.path("start-\(number)/\(journal.identity)"),
                toPath: "\(fixture.path)/\(journal.identity)")
        }
        let journal = try await fixture.openAll()
        var texts: Set<String> = []
        try await journal.visitAll { life in
            texts.formUnion(try await life.sealedFrames(after: 0, limit: .max).flatMap(\.texts))
        }
        #expect(texts == Set((0..<count).map { "\($0)" }))
        #expect(journal.status().unacknowledgedRecords == count)
    }

    /// A segment of another journal in a journal's folder is not this journal's, nor is this journal then the other one.
    @Test(arguments: [0, 1])
    func segmentsOfAnotherJournalAreSetAside(segment number: Int) async throws {
        let fixture = JournalFixture(frameRecords: 2, segmentBytes: 100)
        func make(_ name: String, _ texts: [String]) async throws -> (JournalIdentity, [String]) {
            let journal = try await fixture.openAll(name)
            for text in texts { #expect(journal.append(text) == .recorded) }
            let names = try FileManager.default.contentsOfDirectory(
                atPath: fixture.folder.path("\(name)/\(journal.identity)"))
            return (journal.identity, names.filter { $0.hasSuffix(".clicks") }.sorted())
        }
        let (mine, segments) = try await make("journal", ["a", "b", "c", "d"])
        let (other, _) = try await make("other", ["1", "2", "3", "4"])
        #expect(segments.count == 2)
        let path = "\(fixture.path)/\(mine)/\(segments[number])"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(
            atPath: fixture.folder.path("other/\(other)/\(segments[number])"), toPath: path)
        #expect(try #require(FolderInspection.read(directory: fixture.path).journals.first).foreignSegments.count == 1)
        let journal = try await fixture.openAll()
        #expect(journal.lives.map(\.identity) == [mine, journal.identity])
        #expect(try await journal.texts() == [["c", "d"], ["a", "b"]][number])
        let status = journal.status()
        #expect(status.damagedRegions == 1 && status.foreignRecords == [other: 2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/damaged").count == 1)
    }

    /// Whose frames they are stands in the segments: a renamed folder gets its journal's name again.
    @Test(arguments: [true, false])
    func aRenamedJournalIsTheSameJournal(isSent: Bool) async throws {
        let first = try await fixture.openAll()
        for text in ["a", "b", "c", "d"] { #expect(first.append(text) == .recorded) }
        if isSent {
            _ = try await first.lives[0].sealedFrames(after: 0, limit: .max)
            try await first.acknowledge(through: 1, of: first.identity)
        }
        try copy(to: "renamed")
        try FileManager.default.moveItem(
            atPath: fixture.folder.path("renamed/\(first.identity)"),
            toPath: fixture.folder.path("renamed/\(JournalIdentity.random())"))
        let path = fixture.folder.path("renamed")
        let inspection = try #require(try FolderInspection.read(directory: path).journals.first)
        #expect(inspection.identity == first.identity && !inspection.isDamaged)
        #expect(inspection.waitingRecords == (isSent ? 1 : 4))
        let journal = try await fixture.openAll("renamed")
        #expect(journal.lives.map(\.identity) == [first.identity, journal.identity])
        let status = try #require(journal.earlierStatuses.first)
        #expect(status.unacknowledgedRecords == (isSent ? 1 : 4) && status.totals.areComplete)
        #expect(status.totals.acknowledged == (isSent ? 3 : 0))
        #expect(journal.status().damagedRegions == 0 && journal.status().foreignRecords.isEmpty)
        #expect(try Set(folders("renamed")) == ["\(first.identity)", "\(journal.identity)"])
    }

    /// Two journals' segments lie in each other's folders, or in one that was made on the way back.
    @Test(arguments: [false, true])
    func swappedSegmentsGoHome(isCutShort: Bool) async throws {
        var journals: [(identity: JournalIdentity, segment: String)] = []
        for (name, texts) in [("journal", ["a", "b", "c", "d"]), ("other", ["1", "2"])] {
            let journal = try await fixture.openAll(name)
            for text in texts { #expect(journal.append(text) == .recorded) }
            _ = try await journal.lives[0].sealedFrames(after: 0, limit: .max)
            let folder = "\(name)/\(journal.identity)"
            let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(folder))
            let segment = try #require(files.first { $0.hasSuffix(".clicks") })
            if name == "journal" { try await journal.acknowledge(through: 1, of: journal.identity) }
            try copy("\(folder)", to: "\(journal.identity)")
            try FileManager.default.createDirectory(
                atPath: fixture.folder.path("swapped"), withIntermediateDirectories: true)
            try copy("\(journal.identity)", to: "swapped/\(journal.identity)")
            journals.append((journal.identity, segment))
        }
        let (first, second) = (journals[0], journals[1])
        #expect(first.segment == second.segment, "each is in the other's way")
        func move(_ file: String, to name: String) throws {
            try FileManager.default.moveItem(
                atPath: fixture.folder.path("swapped/\(file)"), toPath: fixture.folder.path("swapped/\(name)"))
        }
        try move("\(first.identity)/\(first.segment)", to: "kept")
        let stop = isCutShort ? JournalIdentity.random() : first.identity
        if isCutShort {
            try FileManager.default.createDirectory(
                atPath: fixture.folder.path("swapped/\(stop)"), withIntermediateDirectories: true)
        }
        try move("\(second.identity)/\(second.segment)", to: "\(stop)/\(second.segment)")
        try move("kept", to: "\(second.identity)/\(first.segment)")
        let journal = try await fixture.openAll("swapped")
        #expect(Set(journal.lives.map(\.identity)) == [first.identity, second.identity, journal.identity])
        #expect(try await Set(journal.texts()) == ["d", "1", "2"], "what was acknowledged does not come again")
        #expect(journal.status().damagedRegions == 0 && journal.status().foreignRecords.isEmpty)
        #expect(try folders("swapped").count == 3)
    }

    /// A second copy of a segment, where its own journal has the first: it is told, and nothing comes twice.
    @Test func aDoubledSegmentIsSetAside() async throws {
        let first = try await fixture.openAll()
        for text in ["a", "b"] { #expect(first.append(text) == .recorded) }
        try copy(to: "doubled")
        for _ in 0..<2 {
            try copy("journal/\(first.identity)", to: "doubled/\(JournalIdentity.random())")
        }
        let journal = try await fixture.openAll("doubled")
        #expect(journal.lives.map(\.identity) == [first.identity, journal.identity])
        #expect(try await journal.texts() == ["a", "b"])
        #expect(journal.status().damagedRegions == 2 && journal.status().foreignRecords == [first.identity: 4])
    }

    /// Of two segments with one sequence only one can be read: one that comes from elsewhere never takes the place of the
    /// journal's own.
    @Test func aStraySegmentPushesNoneOut() async throws {
        let first = try await fixture.openAll()
        for text in ["a", "b", "c"] { #expect(first.append(text) == .recorded) }
        try copy(to: "stray")
        let other = fixture.folder.path("stray/\(JournalIdentity.random())")
        try FileManager.default.copyItem(atPath: fixture.folder.path("stray/\(first.identity)"), toPath: other)
        let names = try FileManager.default.contentsOfDirectory(atPath: other)
        let name = try #require(names.first { $0.hasSuffix(".clicks") })
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(other)/\(name)")))
        var header = try #require(SegmentHeader(bytes))
        header.firstFrame += 1
        let stray = header.bytes + bytes.dropFirst(SegmentHeader.byteCount) + [UInt8](repeating: 0, count: 500)
        let strayName = SegmentName(sequence: header.sequence, firstFrame: header.firstFrame).text
        try FileManager.default.removeItem(atPath: "\(other)/\(name)")
        try Data(stray).write(to: URL(filePath: "\(other)/\(strayName)"))
        let journal = try await fixture.openAll("stray")
        #expect(journal.lives.map(\.identity) == [first.identity, journal.identity])
        #expect(try await journal.texts() == ["a", "b", "c"])
        #expect(journal.status().damagedRegions > 0)
    }

    /// Nothing of the journal itself is left but what it had noted.
    @Test func aFolderWithSegmentsOfAnotherJournalAloneKeepsItsTotals() async throws {
        let first = try await fixture.openAll()
        for text in ["a", "b", "c", "d"] { #expect(first.append(text) == .recorded) }
        _ = try await first.lives[0].sealedFrames(after: 0, limit: .max)
        try await first.acknowledge(through: 1, of: first.identity)
        let other = try await fixture.openAll("other")
        for text in ["1", "2"] { #expect(other.append(text) == .recorded) }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/\(first.identity)")
        let segment = try #require(names.first { $0.hasSuffix(".clicks") })
        try copy(to: "mixed")
        let path = fixture.folder.path("mixed/\(first.identity)/\(segment)")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(
            atPath: fixture.folder.path("other/\(other.identity)/\(segment)"), toPath: path)
        let journal = try await fixture.openAll("mixed")
        #expect(journal.lives.map(\.identity) == [first.identity, journal.identity])
        #expect(try await journal.texts().isEmpty)
        let status = try #require(journal.earlierStatuses.first)
        #expect(status.totals.acknowledged == 3 && status.isAcknowledged)
        #expect(status.foreignRecords == [other.identity: 2])
        try await journal.forget(try #require(journal.lives.first))
        #expect(try folders("mixed") == ["\(journal.identity)"])
    }

    /// What the store has counted is known to the next start, and goes with the journal.
    @Test func countedFramesAreKnownToTheNextStart() async throws {
        let first = try await fixture.openAll()
        #expect(first.append("a") == .recorded)
        for frames: UInt64 in [3, 2] { try await first.lives[0].noteCounted(frames: frames, at: 5_000 + Int64(frames)) }
        #expect(first.ownStatus().countedFrames == 3)
        #expect(first.ownStatus().behindSince == 5_002)
        try await first.close()
        let second = try await fixture.openAll()
        let life = try #require(second.lives.first)
        #expect(life.status().countedFrames == 3)
        #expect(life.status().behindSince == 5_002)
        try await life.noteCounted(frames: 1, at: 9_000)
        #expect(life.status().behindSince == 5_002)
        // A clock that had been ahead.
        try await life.noteCounted(frames: 1, at: 4_000)
        #expect(life.status().behindSince == 4_000)
        try await life.noteCounted(frames: 3, at: 9_000)
        #expect(life.status().behindSince == nil)
        _ = try await life.sealedFrames(after: 0, limit: .max)
        try await second.acknowledge(through: 1, of: life.identity)
        try await second.forget(life)
        #expect(try folders() == ["\(second.identity)"])
    }

    /// At every byte of the copy: each frame is what the original has, or the beginning of it and marked as that.
    @Test func aCopyMadeAtAnyMomentRepeatsTheOriginal() async throws {
        let journal = try await fixture.openAll()
        for number in 0..<8 { #expect(journal.append("click-\(number)") == .recorded) }
        journal.seal()
        let original = try await frames(journal)
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/\(journal.identity)")
        let segment = "\(journal.identity)/\(try #require(files.first { $0.hasSuffix(".clicks") }))"
        let bytes = try Data(contentsOf: URL(filePath: "\(fixture.path)/\(segment)"))
        for length in stride(from: 0, through: bytes.count, by: 7) {
            let name = "copy-\(length)"
            try copy(to: name)
            // What was handed out is not known to a copy made before.
            unlink(fixture.folder.path("\(name)/\(journal.identity)/acknowledged"))
            try bytes.prefix(length).write(to: URL(filePath: fixture.folder.path("\(name)/\(segment)")))
            let copied = try await fixture.openAll(name)
            #expect(copied.append("new") == .recorded)
            copied.seal()
            for (key, frame) in try await frames(copied) where frame.journal != copied.identity {
                let whole = try #require(original[key])
                #expect(frame.texts == Array(whole.texts.prefix(frame.records.count)))
                #expect(frame.isPartial || frame.texts == whole.texts)
            }
            #expect(try await copied.texts().filter { $0 == "new" }.count == 1)
            try await copied.close()
        }
    }

    @Test func whatIsAcknowledgedIsForgotten() async throws {
        let first = try await fixture.openAll()
        for number in 0..<4 { #expect(first.append("\(number)") == .recorded) }
        try await first.close()
        let second = try await fixture.openAll()
        let life = try #require(second.lives.first)
        _ = try await life.sealedFrames(after: 0, limit: .max)
        try await second.acknowledge(through: 1, of: life.identity)
        try await second.forget(life)
        #expect(second.lives.count == 2, "it still has a frame")
        try await second.acknowledge(through: 2, of: life.identity)
        try await second.forget(life)
        #expect(second.lives.map(\.identity) == [second.identity])
        #expect(second.status().totals.acknowledged == 4)
        #expect(try folders() == ["\(second.identity)"])
        // Its own it keeps.
        try await second.forget(try #require(second.lives.first))
        #expect(second.lives.count == 1)
    }

    @Test func startsThatRecordNothingLeaveNothing() async throws {
        for _ in 0..<3 { try await fixture.openAll().close() }
        #expect(try folders().isEmpty)
        // Nor do those that are killed.
        for number in 0..<3 {
            let journal = try await fixture.openAll("killed-\(number)")
            try copy("killed-\(number)", to: "killed-\(number + 1)")
            #expect(journal.lives.count == 1)
        }
        #expect(try await fixture.openAll("killed-3").lives.count == 1)
        #expect(try folders("killed-3").count == 1)
    }

    /// A deletion that was cut short, at every file.
    @Test func remainsOfAJournalAreRemoved() async throws {
        let first = try await fixture.openAll()
        for number in 0..<4 { #expect(first.append("\(number)") == .recorded) }
        first.seal()
        let life = try #require(first.lives.first)
        _ = try await life.sealedFrames(after: 0, limit: .max)
        try await first.acknowledge(through: 2, of: life.identity)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/\(first.identity)")
        for (number, name) in names.sorted().enumerated() {
            try copy(to: "cut-\(number)")
            for deleted in names.sorted()[...number] {
                unlink(fixture.folder.path("cut-\(number)/\(first.identity)/\(deleted)"))
            }
            let next = try await fixture.openAll("cut-\(number)")
            #expect(next.status().damagedRegions == 0, "without \(name)")
            #expect(Set(try await next.texts()).isSubset(of: ["0", "1", "2", "3"]))
            try await next.close()
        }
    }

    @Test func allJournalsTogetherAreBounded() async throws {
        let small = JournalFixture(frameRecords: 3, segmentBytes: 500, maximumBytes: 1_000)
        var recorded = 0
        for _ in 0..<5 {
            let journal = try await small.openAll()
            let record = [UInt8](repeating: 120, count: 50)
            while journal.append(record) == .recorded { recorded += 1 }
            #expect(journal.append(record) == .dropped(.full))
            try await journal.close()
        }
        let last = try await small.openAll()
        #expect(last.status().unacknowledgedRecords == recorded)
        // Each start adds a header, and one that drops leaves at most the number of drops.
        #expect(last.status().storedBytes <= 1_000 + 6 * SegmentHeader.byteCount)
        let life = try #require(last.lives.first { $0.status().unacknowledgedRecords > 0 })
        _ = try await life.sealedFrames(after: 0, limit: .max)
        try await last.acknowledge(through: .max, of: life.identity)
        try await last.forget(life)
        #expect(last.append("room") == .recorded)
    }

    @Test func aFullDiskKeepsNoProcessFromStarting() async throws {
        let isFull = Atomic(false)
        var calls = SystemCalls.live
        calls.write = { descriptor, bytes, offset in
            isFull.load(ordering: .relaxed) ? -Int(ENOSPC) : SystemCalls.live.write(descriptor, bytes, offset)
        }
        let first = try await fixture.openAll(system: calls)
        #expect(first.append("kept") == .recorded)
        try copy(to: "full")
        isFull.store(true, ordering: .relaxed)
        let second = try await fixture.openAll("full", system: calls)
        #expect(second.append("dropped") == .dropped(.diskFull))
        #expect(second.ownStatus().totals.dropped == 1 && second.status().totals.dropped == 1)
        await #expect(throws: JournalError.self) { try await second.sync() }
        isFull.store(false, ordering: .relaxed)
        try await second.sync()
        #expect(second.append("recorded") == .recorded)
        second.seal()
        #expect(second.ownStatus().totals.dropped == 1)
        #expect(try await second.texts() == ["kept", "recorded"])
        #expect(second.lives.map { $0.status().partialFrames } == [[1: 1], [:]])
    }

    /// One journal that cannot be synchronised holds up no other.
    @Test func theOwnJournalIsSynchronisedWhateverBecomesOfTheOthers() async throws {
        let isFull = Atomic(false)
        let fails = Atomic(false)
        let synchronised = Mutex<[String]>([])
        let first = try await fixture.openAll()
        #expect(first.append("kept") == .recorded)
        try copy(to: "copy")
        var calls = SystemCalls.live
        calls.write = { descriptor, bytes, offset in
            isFull.load(ordering: .relaxed) ? -Int(ENOSPC) : SystemCalls.live.write(descriptor, bytes, offset)
        }
        calls.synchronize = { descriptor in
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
            synchronised.withLock { $0.append(path ?? "") }
            return fails.load(ordering: .relaxed) && path?.contains("\(first.identity)") != false ? -Int(EIO) : 0
        }
        // The seal of what was left open waits for room.
        isFull.store(true, ordering: .relaxed)
        let second = try await fixture.openAll("copy", system: calls)
        isFull.store(false, ordering: .relaxed)
        try await second.sync()
        #expect(second.append("new") == .recorded)
        second.seal()
        fails.store(true, ordering: .relaxed)
        synchronised.withLock { $0 = [] }
        await #expect(throws: JournalError.self) { try await second.sync() }
        #expect(synchronised.withLock { $0.contains { $0.contains("\(second.identity)") } })
        let life = try #require(second.lives.last)
        #expect(try await life.sealedFrames(after: 0, limit: .max).map(\.texts) == [["new"]])
        fails.store(false, ordering: .relaxed)
        try await second.sync()
        #expect(try await second.texts() == ["kept", "new"])
    }

    /// The files of release 0.1.0 lie in the folder itself, beside a folder that is no journal's.
    @Test func theOldLayoutIsOneMoreJournal() async throws {
        let other = fixture.path + "/lost+found"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        let old = try await fixture.open()
        for number in 0..<4 { #expect(old.append("\(number)") == .recorded) }
        try await old.close()
        let journal = try await fixture.openAll()
        #expect(journal.append("4") == .recorded)
        journal.seal()
        #expect(journal.lives.map(\.identity) == [old.identity, journal.identity])
        #expect(try await journal.texts() == ["0", "1", "2", "3", "4"])
        #expect(try FolderInspection.read(directory: fixture.path).journals.count == 2)
        try await journal.acknowledge(through: 2, of: old.identity)
        try await journal.forget(try #require(journal.lives.first))
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.path).sorted()
        #expect(names == ["\(journal.identity)", "lock", "lost+found"].sorted())
        #expect(journal.append("5") == .recorded, "the folder is still held")
        await #expect(throws: JournalError.directoryInUse(path: fixture.path)) { try await fixture.openAll() }
    }
}
