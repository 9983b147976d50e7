import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import ClickJournal

/// The journals of several starts in one folder, and in copies of it.
@Suite struct JournalLivesTests {
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
    @Test(arguments: [8 << 20])
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
        #expect(second.status().acknowledgedRecords == 4)
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
        #expect(second.ownStatus().totals.dropped == 1 && second.status().dropped.diskFull == 1)
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

    /// The files of release 0.1.0 lie in the folder itself.
    @Test func theOldLayoutIsOneMoreJournal() async throws {
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
        #expect(names == ["\(journal.identity)", "lock"].sorted())
        #expect(journal.append("5") == .recorded, "the folder is still held")
        await #expect(throws: JournalError.directoryInUse(path: fixture.path)) { try await fixture.openAll() }
    }
}
