import FoundationEssentials
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ClickJournal

/// A disk that cannot read some of its blocks: what lies elsewhere comes out all the same.
@Suite(.ownThread) struct UnreadableDiskTests {
    /// Makes bytes of files unreadable, with the blocks of 4 KiB that they lie in.
    private final class Disk: Sendable {
        private let bad = Mutex<[String: Set<Int>]>([:])
        private let code: Int32

        init(code: Int32 = EIO) {
            self.code = code
        }

        func spoil(_ name: String, at offset: Int = 0) {
            bad.withLock { _ = $0[name, default: []].insert(offset / 4_096) }
        }

        var calls: SystemCalls {
            var calls = SystemCalls.live
            calls.read = { [self] descriptor, target, offset in
                let link = "/proc/self/fd/\(descriptor)"
                let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? ""
                let blocks = bad.withLock { $0[path.split(separator: "/").last.map(String.init) ?? ""] ?? [] }
                let touched = (offset / 4_096)...((offset + max(1, target.count) - 1) / 4_096)
                let size = SystemCalls.live.read(descriptor, target, offset)
                return size > 0 && touched.contains(where: blocks.contains) ? -Int(code) : size
            }
            return calls
        }
    }

    private let fixture = JournalFixture(frameRecords: 4)

    /// Clicks of 1,000 bytes, of which four are a frame: each block has some of them.
    private func fill(_ journal: JournalLife, _ count: Int) {
        for number in 0..<count { #expect(journal.append(click(number)) == .recorded) }
        journal.seal()
    }

    private func click(_ number: Int) -> String { "\(number) " + String(repeating: "x", count: 998) }

    private func numbers(_ frames: [UInt64: [String]]) -> [Int] {
        frames.values.flatMap { $0 }.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }.sorted()
    }

    private func lost(_ frames: [UInt64: [String]], of count: Int) -> Set<Int> {
        Set(0..<count).subtracting(numbers(frames))
    }

    @Test(arguments: [EIO, EBADMSG, EUCLEAN], 0..<5)
    func aBadBlockCostsWhatLiesInItAndNothingElse(code: Int32, block: Int) async throws {
        let journal = try await fixture.open()
        fill(journal, 20)
        let image = try DirectoryImage(of: fixture.path)
        let disk = Disk(code: code)
        disk.spoil(image.segments[0], at: block * 4_096)
        let reopened = try await fixture.open(image, as: "bad", system: disk.calls)
        let frames = try await reopened.frames()
        #expect((1...5).contains(lost(frames, of: 20).count))
        #expect(reopened.status().damagedRegions > 0)
        #expect(reopened.append("next") == .recorded)
        reopened.seal()
        #expect(try await reopened.frames().values.contains(["next"]))
        #expect(reopened.identity == journal.identity)
    }

    /// A block that goes bad while the journal is open must not hold up the frames behind it.
    @Test func aBlockThatGoesBadLaterHoldsNothingUp() async throws {
        let disk = Disk()
        let journal = try await fixture.open(system: disk.calls)
        fill(journal, 20)
        disk.spoil(try DirectoryImage(of: fixture.path).segments[0], at: 2 * 4_096)
        let frames = try await journal.frames()
        #expect((1...5).contains(lost(frames, of: 20).count))
        #expect(journal.status().lostRecords == lost(frames, of: 20).count)
        try await journal.acknowledge(through: 5)
        #expect(journal.status().unacknowledgedRecords == 0)
    }

    @Test func whileAnyCopyOfTheIdentityCanBeReadTheJournalIsItself() async throws {
        let journal = try await fixture.open()
        fill(journal, 20)
        let image = try DirectoryImage(of: fixture.path)
        let disk = Disk()
        disk.spoil("identity")
        let reopened = try await fixture.open(image, as: "identity", system: disk.calls)
        #expect(reopened.identity == journal.identity)
        #expect(try await numbers(reopened.frames()) == Array(0..<20))
    }

    /// To start over would set clicks aside that the disk may give out next time.
    @Test func withoutAReadableCopyOfTheIdentityNothingStartsOver() async throws {
        let journal = try await fixture.open()
        fill(journal, 20)
        let image = try DirectoryImage(of: fixture.path)
        let disk = Disk()
        disk.spoil("identity")
        disk.spoil(image.segments[0])
        await #expect(throws: JournalError.self) {
            _ = try await fixture.open(image, as: "nameless", system: disk.calls)
        }
        let healed = try await fixture.open("nameless")
        #expect(healed.identity == journal.identity)
        #expect(try await numbers(healed.frames()) == Array(0..<20))
    }

    @Test func aMarkThatCannotBeReadBringsFramesAgain() async throws {
        let journal = try await fixture.open()
        fill(journal, 8)
        _ = try await journal.frames()
        try await journal.acknowledge(through: 1)
        let disk = Disk()
        disk.spoil("acknowledged")
        let reopened = try await fixture.open(DirectoryImage(of: fixture.path), as: "markless", system: disk.calls)
        #expect(try await reopened.frames().keys.sorted() == [1, 2])
    }
}
