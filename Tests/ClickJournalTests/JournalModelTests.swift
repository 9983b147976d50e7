import TestSupport
import Testing

@testable import ClickJournal

/// Random scripts against a model, with a crash and a power cut tried after every single step.
@Suite(.ownThread) struct JournalModelTests {
    /// What the journal should hold.
    private struct Model {
        /// Content of every frame sealed so far.
        var sealed: [UInt64: [String]] = [:]
        /// Frames given to a reader: their content is fixed for ever.
        var handedOut: [UInt64: [String]] = [:]
        var open: [String] = []
        var number: UInt64 = 1
        var acknowledged: UInt64 = 0
        /// The highest mark ever: a power cut may take it back, but not bring back segments that are gone.
        var everAcknowledged: UInt64 = 0
        let frameRecords = 3

        mutating func append(_ text: String) {
            if open.count == frameRecords { seal() }
            open.append(text)
        }

        mutating func seal() {
            guard !open.isEmpty else { return }
            sealed[number] = open
            (open, number) = ([], number + 1)
        }

        /// What a process that opens the journal now has to find.
        var recovered: [UInt64: [String]] {
            var model = self
            model.seal()
            return model.sealed.filter { $0.key > acknowledged }
        }
    }

    /// One script's state.
    private struct Run {
        let fixture = JournalFixture(frameRecords: 3, segmentBytes: 300)
        let powerCut = PowerCut()
        var random: SeededGenerator
        var model = Model()
        var directory = "journal"
        var journal: JournalLife
        var directories = 0
        var clicks = 0
        /// How many records the journal should say that it ever took in; a power cut may take some of them.
        var recorded: UInt64 = 0

        init(seed: UInt64) async throws {
            random = SeededGenerator(seed: seed)
            journal = try await fixture.open("journal", system: powerCut.calls)
        }

        var path: String { fixture.folder.path(directory) }

        mutating func step() async throws {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60: append()
            case 60..<68: seal()
            case 68..<74: sealIfDue()
            case 74..<84: try await read()
            case 84..<91: try await acknowledge()
            case 91..<94: try await journal.sync()
            case 94..<96: try await reopen()
            case 96..<98: try await crash()
            default: try await cutPower()
            }
            powerCut.see(try DirectoryImage(of: path))
        }

        private mutating func append() {
            clicks += 1
            let text = "\(clicks):" + String(repeating: "x", count: Int.random(in: 0..<40, using: &random))
            #expect(journal.append(text) == .recorded)
            model.append(text)
            recorded += 1
        }

        private mutating func seal() {
            #expect(journal.seal() == nil)
            model.seal()
        }

        private mutating func sealIfDue() {
            fixture.clock.advance(1_000)
            #expect(journal.sealIfDue(now: fixture.clock.now) == !model.open.isEmpty)
            model.seal()
        }

        private mutating func read() async throws {
            let after = UInt64.random(in: 0...model.number, using: &random)
            let limit = Int.random(in: 1...4, using: &random)
            let frames = try await journal.sealedFrames(after: after, limit: limit)
            let expected = model.sealed.filter { $0.key > max(after, model.acknowledged) }.sorted { $0.key < $1.key }
            #expect(frames.map(\.number) == expected.prefix(limit).map(\.key))
            #expect(frames.map(\.texts) == expected.prefix(limit).map(\.value))
            for frame in frames { handOut(frame.number, frame.texts) }
        }

        private mutating func handOut(_ number: UInt64, _ texts: [String]) {
            if let earlier = model.handedOut[number] { #expect(earlier == texts, "frame \(number) changed") }
            model.handedOut[number] = texts
        }

        private mutating func acknowledge() async throws {
            guard let highest = model.handedOut.keys.max() else { return }
            let number = UInt64.random(in: 0...highest, using: &random)
            try await journal.acknowledge(through: number)
            model.acknowledged = max(model.acknowledged, number)
            model.everAcknowledged = max(model.everAcknowledged, number)
        }

        private mutating func reopen() async throws {
            try await journal.close()
            journal = try await fixture.open(directory, system: powerCut.calls)
            model.seal()
        }

        private mutating func crash() async throws {
            let image = try DirectoryImage(of: path)
            try await restart(from: image)
            model.seal()
        }

        /// Goes on with whatever the power cut left, which must agree with all that was handed out.
        private mutating func cutPower() async throws {
            try await restart(from: powerCut.image(of: path, &random))
            let found = try await journal.frames()
            for (number, texts) in found { handOut(number, texts) }
            for number in model.handedOut.keys where number > model.everAcknowledged {
                #expect(found[number] != nil, "frame \(number) was handed out and is gone")
            }
            let status = journal.status()
            #expect(status.lastSealedFrame >= model.handedOut.keys.max() ?? 0)
            model.sealed = found
            model.open = []
            model.number = status.lastSealedFrame + 1
            model.acknowledged = status.acknowledgedFrame
            recorded = status.recordedTotal
        }

        private mutating func restart(from image: DirectoryImage) async throws {
            directories += 1
            directory = "journal-\(directories)"
            journal = try await fixture.open(image, as: directory, system: powerCut.calls)
        }

        /// Opens a copy of the directory as it is now, twice, and one as a power cut would leave it.
        mutating func checkCopies(_ step: Int) async throws {
            let copy = try await fixture.open(DirectoryImage(of: path), as: "copy-\(step)")
            #expect(try await copy.frames() == model.recovered)
            let again = try await fixture.open(
                DirectoryImage(of: fixture.folder.path("copy-\(step)")), as: "again-\(step)")
            #expect(try await again.frames() == model.recovered)

            let cut = try await fixture.open(powerCut.image(of: path, &random), as: "cut-\(step)")
            for (number, texts) in try await cut.frames() where model.handedOut[number] != nil {
                #expect(model.handedOut[number] == texts, "frame \(number) changed")
            }
            _ = cut.append("new")
            cut.seal()
            let new = try #require(try await cut.sealedFrames(after: 0, limit: .max).last)
            #expect(new.number > model.handedOut.keys.max() ?? 0, "a number that was handed out came back")
        }

        func checkStatus() {
            let status = journal.status()
            let pending = model.sealed.filter { $0.key > model.acknowledged }
            #expect(status.acknowledgedFrame == model.acknowledged)
            #expect(status.lastSealedFrame == model.number - 1)
            #expect(status.openFrameRecords == model.open.count)
            #expect(status.unacknowledgedFrames == pending.count)
            #expect(status.unacknowledgedRecords == pending.values.reduce(model.open.count) { $0 + $1.count })
            #expect(status.recordedTotal == recorded)
            #expect(status.totals.dropped == 0)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func everyCrashPointOfARandomScript(seed: UInt64) async throws {
        var run = try await Run(seed: seed)
        for step in 0..<150 {
            try await run.step()
            run.checkStatus()
            try await run.checkCopies(step)
        }
    }
}
