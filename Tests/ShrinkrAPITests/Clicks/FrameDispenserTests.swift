import FoundationEssentials
import Glibc
import NIOPosix
import Synchronization
import Testing

@testable import ClickJournal
@testable import ShrinkrAPI

@Suite struct FrameDispenserTests {
    private func withJournal(frames: Int, _ test: (ClickJournal, FrameDispenser) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        var limits = JournalConfiguration()
        limits.maximumFrameRecords = 1
        let journal = try await ClickJournal.open(
            directory: folder.path, configuration: limits, threadPool: .singleton, now: { 0 })
        for number in 0..<frames { #expect(journal.append([UInt8(number)]) == .recorded) }
        _ = journal.seal()
        try await test(journal, FrameDispenser(journal: journal))
        try await journal.close()
    }

    @Test func framesComeInOrderAndOnce() async throws {
        try await withJournal(frames: 25) { journal, dispenser async throws in
            #expect(await dispenser.isIdle)
            #expect(try await dispenser.next(limit: 10).map(\.number) == Array(1...10))
            #expect(try await dispenser.next(limit: 10).map(\.number) == Array(11...20))
            #expect(await !dispenser.isIdle)
            #expect(try await dispenser.next(limit: 10).map(\.number) == Array(21...25))
            #expect(try await dispenser.next(limit: 10).isEmpty)
            #expect(journal.append([25]) == .recorded)
            _ = journal.seal()
            #expect(try await dispenser.next(limit: 10).map(\.number) == [26])
        }
    }

    @Test func sendersAtOnceGetDifferentFrames() async throws {
        try await withJournal(frames: 100) { _, dispenser in
            let numbers = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var numbers: [UInt64] = []
                        // None may also mean that another sender is just taking some.
                        for _ in 0..<200 { numbers += try await dispenser.next(limit: 3).map(\.number) }
                        return numbers
                    }
                }
                return try await group.reduce(into: [UInt64]()) { $0 += $1 }
            }
            #expect(numbers.sorted() == Array(1...100))
        }
    }

    @Test func journalForgetsWhatTheQueueHasWithoutGap() async throws {
        try await withJournal(frames: 5) { journal, dispenser async throws in
            let frames = try await dispenser.next(limit: 5)
            func accept(_ numbers: Set<UInt64>) async throws {
                try await dispenser.accept(frames.filter { numbers.contains($0.number) })
            }
            try await accept([2, 3, 5])
            #expect(journal.status().acknowledgedFrame == 0)
            try await accept([1])
            #expect(journal.status().acknowledgedFrame == 3)
            #expect(await !dispenser.isIdle)
            try await accept([4])
            #expect(journal.status().acknowledgedFrame == 5)
            #expect(await dispenser.isIdle)
        }
    }

    @Test func aJournalThatCannotBeReadHoldsUpNoOther() async throws {
        let folder = try TemporaryFolder()
        let isFull = Atomic(false)
        let fails = Atomic(false)
        func open(_ name: String, _ system: SystemCalls = .live) async throws -> ClickJournal {
            try await ClickJournal.open(
                directory: "\(folder.path)/\(name)", configuration: JournalConfiguration(), threadPool: .singleton,
                now: { 0 }, system: system)
        }
        let first = try await open("first")
        #expect(first.append([0]) == .recorded)
        try FileManager.default.copyItem(atPath: "\(folder.path)/first", toPath: "\(folder.path)/copy")
        var calls = SystemCalls.live
        calls.write = { descriptor, bytes, offset in
            isFull.load(ordering: .relaxed) ? -Int(ENOSPC) : SystemCalls.live.write(descriptor, bytes, offset)
        }
        calls.synchronize = { descriptor in
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
            return fails.load(ordering: .relaxed) && path?.contains("\(first.identity)") != false ? -Int(EIO) : 0
        }
        // The seal of what was left open waits for room, and then for the disk.
        isFull.store(true, ordering: .relaxed)
        let journal = try await open("copy", calls)
        isFull.store(false, ordering: .relaxed)
        try await journal.sync()
        #expect(journal.append([1]) == .recorded)
        _ = journal.seal()
        fails.store(true, ordering: .relaxed)
        let dispenser = FrameDispenser(journal: journal)
        #expect(try await dispenser.next(limit: 5).map(\.journal) == [journal.identity])
        await #expect(throws: JournalError.self) { try await dispenser.next(limit: 5) }
        fails.store(false, ordering: .relaxed)
        #expect(try await dispenser.next(limit: 5).map(\.journal) == [first.identity])
        try await journal.close()
        try await first.close()
    }

    /// A new dispenser, as after a restart, begins behind what the queue has.
    @Test func acknowledgedFramesAreNotHandedOutAgain() async throws {
        try await withJournal(frames: 5) { journal, dispenser in
            let frames = try await dispenser.next(limit: 5)
            try await dispenser.accept(frames.filter { [1, 2, 4].contains($0.number) })
            let next = FrameDispenser(journal: journal)
            #expect(try await next.next(limit: 5).map(\.number) == [3, 4, 5])
        }
    }
}
