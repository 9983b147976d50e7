import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ClickJournal

/// Records that are appended together.
@Suite(.ownThread) struct BatchTests {
    /// Records of all lengths, frames that end within a batch, and segments that end with them.
    @Test(arguments: [1, 2, 3, 7, 40])
    func togetherIsAsOneAfterTheOther(size: Int) async throws {
        let texts = (0..<200).map { String(repeating: "x", count: $0 % 23) + "\($0)" }
        var frames: [[UInt64: [String]]] = []
        var totals: [JournalStatus] = []
        for batch in [1, size] {
            var fixture = JournalFixture(frameRecords: 7, segmentBytes: 512)
            fixture.configuration.maximumRecordBytes = 100
            fixture.configuration.maximumFrameBytes = 110
            let journal = try await fixture.open()
            for start in stride(from: 0, to: texts.count, by: batch) {
                let outcome = journal.append(Array(texts[start..<min(start + batch, texts.count)]))
                #expect(outcome == BatchOutcome(recorded: min(batch, texts.count - start)))
            }
            journal.seal()
            frames.append(try await journal.frames())
            totals.append(journal.status())
        }
        #expect(frames[0] == frames[1])
        #expect(totals[0].storedBytes == totals[1].storedBytes)
        #expect(frames[0].sorted { $0.key < $1.key }.flatMap(\.value) == texts)
    }

    @Test func oneWriteTakesThemAll() async throws {
        let writes = Atomic(0)
        var calls = SystemCalls.live
        calls.write = {
            writes.add(1, ordering: .relaxed)
            return SystemCalls.live.write($0, $1, $2)
        }
        let fixture = JournalFixture()
        let journal = try await fixture.open(system: calls)
        let before = writes.load(ordering: .relaxed)
        #expect(journal.append(["a", "b", "c"]).recorded == 3)
        #expect(writes.load(ordering: .relaxed) == before + 1)
    }

    /// What does not fit is dropped alone, and counted.
    @Test func aFullJournalTakesWhatFits() async throws {
        for batch in [1, 64] {
            let fixture = JournalFixture(segmentBytes: 1_024, maximumBytes: 2_048)
            let journal = try await fixture.open()
            let texts = (0..<64).map { "click \($0)" }
            var outcome = BatchOutcome()
            for start in stride(from: 0, to: 64, by: batch) {
                let part = journal.append(Array(texts[start..<(start + batch)]))
                outcome.recorded += part.recorded
                outcome.dropped += part.dropped
            }
            #expect(outcome.recorded + outcome.dropped.count == 64)
            #expect(outcome.dropped.allSatisfy { $0 == .full })
            #expect(journal.status().totals.dropped == UInt64(outcome.dropped.count))
            journal.seal()
            #expect(try await journal.frames().values.flatMap(\.self).count == outcome.recorded)
        }
    }

    /// The disk fills up after every possible number of bytes of a batch.
    @Test func aBatchWrittenInPartLeavesWholeRecords() async throws {
        for room in 0..<(3 * (RecordFormat.headerBytes + 5)) {
            let left = Mutex<Int?>(nil)
            var calls = SystemCalls.live
            calls.write = { descriptor, bytes, offset in
                let count = left.withLock { left -> Int in
                    guard let room = left else { return bytes.count }
                    left = max(0, room - bytes.count)
                    return min(room, bytes.count)
                }
                guard count > 0 else { return -Int(ENOSPC) }
                return SystemCalls.live.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<count]), offset)
            }
            let fixture = JournalFixture()
            let journal = try await fixture.open(system: calls)
            left.withLock { $0 = room }
            let outcome = journal.append(["first", "other", "third"])
            #expect(outcome.recorded + outcome.dropped.count == 3)
            left.withLock { $0 = nil }
            #expect(journal.append(["after"]).recorded == 1)
            journal.seal()
            let texts = try await journal.frames().values.flatMap(\.self)
            #expect(texts.count == outcome.recorded + 1)
            #expect(texts.last == "after")
        }
    }
}

extension JournalLife {
    fileprivate func append(_ texts: [String]) -> BatchOutcome {
        var ends: [Int] = []
        var bytes: [UInt8] = []
        for text in texts {
            bytes += text.utf8
            ends.append(bytes.count)
        }
        return bytes.withUnsafeBytes { append($0, ends: ends) }
    }
}
