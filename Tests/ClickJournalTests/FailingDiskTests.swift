import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ClickJournal

/// The journal on a disk that fails, slows down or fills up.
@Suite(.ownThread) struct FailingDiskTests {
    /// Makes the disk fail on demand; segments and acknowledgements go through it.
    private final class Disk: Sendable {
        struct State {
            /// Bytes the next writes take before they fail with `code`; nil means they succeed.
            var room: Int?
            var code = ENOSPC
            var truncateFails = false
            var synchronizeFails = false
            var synchronizations = 0
            var writes = 0
        }
        let state = Mutex(State())

        var calls: SystemCalls {
            SystemCalls(
                read: SystemCalls.live.read,
                write: { [self] descriptor, bytes, offset in
                    let allowed = state.withLock { state -> Int in
                        state.writes += 1
                        guard let room = state.room else { return bytes.count }
                        state.room = max(0, room - bytes.count)
                        return room > 0 ? min(room, bytes.count) : -Int(state.code)
                    }
                    guard allowed > 0 else { return allowed }
                    return SystemCalls.live.write(
                        descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<allowed]), offset)
                },
                truncate: { [self] descriptor, size in
                    state.withLock(\.truncateFails) ? -Int(EIO) : SystemCalls.live.truncate(descriptor, size)
                },
                synchronize: { [self] descriptor in
                    state.withLock { $0.synchronizations += 1 }
                    return state.withLock(\.synchronizeFails) ? -Int(EIO) : SystemCalls.live.synchronize(descriptor)
                })
        }
    }

    /// The disk fills up after every possible number of bytes of a record; with and without a working ftruncate.
    @Test(arguments: [false, true], [ENOSPC, EDQUOT, EIO])
    func aRecordWrittenInPartLeavesNoTrace(truncateFails: Bool, code: Int32) async throws {
        for room in 0..<(RecordFormat.headerBytes + 6) {
            let fixture = JournalFixture()
            let disk = Disk()
            let journal = try await fixture.open(system: disk.calls)
            #expect(journal.append("before") == .recorded)
            disk.state.withLock { ($0.room, $0.code, $0.truncateFails) = (room, code, truncateFails) }
            #expect(journal.append("failed") == .dropped(code == EIO ? .io(errno: EIO) : .diskFull))
            // What a crash at this moment would leave.
            let crashed = try await fixture.open(DirectoryImage(of: fixture.path), as: "crashed")
            #expect(try await crashed.frames() == [1: ["before"]])
            #expect((crashed.status().tornBytes > 0) == (truncateFails && room > 0))

            disk.state.withLock { $0.room = nil }
            #expect(journal.append("after") == .recorded)
            journal.seal()
            #expect(try await journal.frames() == [1: ["before", "after"]])
            let reopened = try await fixture.open(DirectoryImage(of: fixture.path), as: "reopened")
            #expect(try await reopened.frames() == [1: ["before", "after"]])
            #expect(journal.status().totals.dropped == 1)
        }
    }

    @Test func oneRecordIsOneWrite() async throws {
        let disk = Disk()
        let fixture = JournalFixture()
        let journal = try await fixture.open(system: disk.calls)
        let before = disk.state.withLock(\.writes)
        for _ in 0..<10 { _ = journal.append("click") }
        #expect(disk.state.withLock(\.writes) - before == 10)
    }

    @Test func aFailingSegmentIsLeftWithinAFrame() async throws {
        let fixture = JournalFixture()
        let disk = Disk()
        let journal = try await fixture.open(system: disk.calls)
        _ = journal.append("a")
        disk.state.withLock { ($0.room, $0.code) = (0, EIO) }
        #expect(journal.append("b") == .dropped(.io(errno: EIO)))
        disk.state.withLock { $0.room = nil }
        _ = journal.append("c")
        #expect(try DirectoryImage(of: fixture.path).segments.count == 2)
        let crashed = try await fixture.open(DirectoryImage(of: fixture.path), as: "crashed")
        #expect(try await crashed.frames() == [1: ["a", "c"]])
        journal.seal()
        _ = journal.append("d")
        journal.seal()
        #expect(try await journal.frames() == [1: ["a", "c"], 2: ["d"]])
        try await journal.acknowledge(through: 1)
        #expect(try DirectoryImage(of: fixture.path).segments.count == 1)
        #expect(try await journal.frames() == [2: ["d"]])
    }

    @Test func whenNoSegmentCanBeMadeTheOldOneGrows() async throws {
        let fixture = JournalFixture(frameRecords: 1, segmentBytes: 100)
        let disk = Disk()
        let journal = try await fixture.open(system: disk.calls)
        _ = journal.append("a")
        // Room for the seal of frame 1, not for the header of the segment that should follow.
        disk.state.withLock { $0.room = RecordFormat.sealBytes }
        #expect(journal.append("b") == .dropped(.diskFull))
        disk.state.withLock { $0.room = nil }
        #expect(journal.append("c") == .recorded)
        journal.seal()
        #expect(try await journal.frames() == [1: ["a"], 2: ["c"]])
        let crashed = try await fixture.open(DirectoryImage(of: fixture.path), as: "crashed")
        #expect(try await crashed.frames() == [1: ["a"], 2: ["c"]])
    }

    @Test func aSealThatDoesNotFitLeavesTheFrameOpen() async throws {
        let disk = Disk()
        let fixture = JournalFixture()
        let journal = try await fixture.open(system: disk.calls)
        _ = journal.append("a")
        disk.state.withLock { $0.room = 10 }
        #expect(journal.seal() == .diskFull)
        #expect(try await journal.frames().isEmpty)
        disk.state.withLock { $0.room = nil }
        _ = journal.append("b")
        #expect(journal.seal() == nil)
        #expect(try await journal.frames() == [1: ["a", "b"]])
    }

    @Test func acknowledgingOnAFullDiskStillFreesSpace() async throws {
        let fixture = JournalFixture(frameRecords: 1, segmentBytes: 100)
        let disk = Disk()
        let journal = try await fixture.open(system: disk.calls)
        for text in ["a", "b", "c"] { _ = journal.append(text) }
        _ = try await journal.frames()
        disk.state.withLock { $0.room = 0 }
        await #expect(throws: JournalError.self) { try await journal.acknowledge(through: 2) }
        #expect(try DirectoryImage(of: fixture.path).segments.count == 1)
    }

    /// On a full disk the last segment has grown past its size; a start must do with it.
    @Test func aFullDiskDoesNotKeepAJournalFromOpening() async throws {
        let fixture = JournalFixture(segmentBytes: 100)
        let journal = try await fixture.open()
        for number in 1...9 { _ = journal.append("click \(number)") }
        let disk = Disk()
        disk.state.withLock { $0.room = 0 }
        let reopened = try await fixture.open(DirectoryImage(of: fixture.path), as: "full", system: disk.calls)
        #expect(reopened.append("next") == .dropped(.diskFull))
        disk.state.withLock { $0.room = nil }
        #expect(reopened.append("next") == .recorded)
        reopened.seal()
        #expect(try await reopened.frames().values.flatMap { $0 }.count == 10)
    }

    @Test func noFrameComesOutBeforeItIsSynchronised() async throws {
        let fixture = JournalFixture()
        let disk = Disk()
        let journal = try await fixture.open(system: disk.calls)
        _ = journal.append("a")
        journal.seal()
        disk.state.withLock { $0.synchronizeFails = true }
        await #expect(throws: JournalError.self) { try await journal.sealedFrames(after: 0, limit: 1) }
        await #expect(throws: JournalError.self) { try await journal.sync() }
        #expect(journal.append("b") == .recorded)
        disk.state.withLock { $0.synchronizeFails = false }
        #expect(try await journal.frames() == [1: ["a"]])
    }

    /// After a failed fdatasync the next one succeeds although the data may be gone, so a second file must know which
    /// numbers are used.
    @Test func afterAFailedSynchronisationTheNumberLineIsSafe() async throws {
        let fixture = JournalFixture()
        let disk = Disk()
        let journal = try await fixture.open(system: disk.calls)
        _ = journal.append("a")
        journal.seal()
        disk.state.withLock { $0.synchronizeFails = true }
        await #expect(throws: JournalError.self) { try await journal.sync() }
        disk.state.withLock { $0.synchronizeFails = false }
        #expect(try await journal.frames() == [1: ["a"]])
        // The power cut takes what the disk never wrote.
        var image = try DirectoryImage(of: fixture.path)
        image.files[image.segments[0]]?.removeLast(RecordFormat.sealBytes + RecordFormat.headerBytes + 1)
        let recovered = try await fixture.open(image, as: "recovered")
        _ = recovered.append("other")
        recovered.seal()
        #expect(try await recovered.frames() == [2: ["other"]])
    }

    @Test func idleSynchronisationCostsNothing() async throws {
        let disk = Disk()
        let fixture = JournalFixture()
        let journal = try await fixture.open(system: disk.calls)
        let start = disk.state.withLock(\.synchronizations)
        try await journal.sync()
        #expect(disk.state.withLock(\.synchronizations) == start)
        _ = journal.append("a")
        for _ in 0..<5 { try await journal.sync() }
        #expect(disk.state.withLock(\.synchronizations) == start + 1)
        journal.seal()
        for _ in 0..<5 { _ = try await journal.frames() }
        #expect(disk.state.withLock(\.synchronizations) == start + 2)
    }

    /// Appending in the middle of fdatasync works, and what was appended belongs to the next synchronisation.
    @Test func appendingNeverWaitsForTheDisk() async throws {
        final class Box: Sendable {
            let journal = Mutex<JournalLife?>(nil)
            let outcomes = Mutex<[AppendOutcome]>([])
        }
        let box = Box()
        var calls = SystemCalls.live
        calls.synchronize = { descriptor in
            if let journal = box.journal.withLock({ $0 }) {
                let outcome = journal.append("during")
                journal.seal()
                box.outcomes.withLock { $0.append(outcome) }
            }
            return SystemCalls.live.synchronize(descriptor)
        }
        let fixture = JournalFixture()
        let journal = try await fixture.open(system: calls)
        _ = journal.append("before")
        journal.seal()
        box.journal.withLock { $0 = journal }
        // The second frame was sealed while the first was synchronised: it is not durable yet.
        #expect(try await journal.frames() == [1: ["before"]])
        box.journal.withLock { $0 = nil }
        #expect(box.outcomes.withLock { $0 } == [.recorded])
        #expect(try await journal.frames() == [1: ["before"], 2: ["during"]])
    }

    /// While a write takes long, numbers are there at once, as they were before; who asks for all that has begun waits.
    @Test func numbersDoNotWaitForAStalledWrite() async throws {
        let stall = Stall()
        var calls = SystemCalls.live
        calls.write = { descriptor, bytes, offset in
            stall.pass()
            return SystemCalls.live.write(descriptor, bytes, offset)
        }
        let fixture = JournalFixture()
        let journal = try await fixture.openAll(system: calls)
        #expect(journal.append("before") == .recorded)
        stall.begin()
        async let outcome = Task.detached { journal.append("held up") }.value
        while !stall.holdsSomebody { try await Task.sleep(for: .milliseconds(1)) }

        #expect(journal.status().unacknowledgedRecords == 1)
        #expect(journal.ownStatus().openFrameRecords == 1)
        #expect(journal.timeToSeal(now: fixture.clock.now) != nil)
        #expect(try await journal.texts() == [])
        let isSettled = Mutex(false)
        async let settled = Task.detached {
            let status = await journal.settledOwnStatus()
            isSettled.withLock { $0 = true }
            return status
        }.value
        try await Task.sleep(for: .milliseconds(50))
        let wasSettled = isSettled.withLock { $0 }
        #expect(!wasSettled)
        stall.end()
        #expect(await outcome == .recorded)
        #expect(await settled.openFrameRecords == 2)
        try await journal.close()
    }

    /// Holds those who pass, on threads of their own.
    private final class Stall: Sendable {
        private let isOn = Atomic(false)
        private let waiting = Atomic(0)

        var holdsSomebody: Bool { waiting.load(ordering: .sequentiallyConsistent) > 0 }

        func begin() { isOn.store(true, ordering: .sequentiallyConsistent) }
        func end() { isOn.store(false, ordering: .sequentiallyConsistent) }

        func pass() {
            waiting.add(1, ordering: .sequentiallyConsistent)
            while isOn.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
            waiting.subtract(1, ordering: .sequentiallyConsistent)
        }
    }
}
