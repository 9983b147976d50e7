import Dispatch
import TestSupport
import Testing

/// Every interleaving of crash, duplicate and reorder, in a model that is small enough to visit all of it: no answered
/// click is lost, none is counted twice, and whatever happened, all can still be counted.
///
/// The model is of the rules, not of the code; the code is held against the same rules by the torture.
@Suite("The protocol of journal, queue and ledger", .serialized, .ownThread) struct ProtocolModelTests {
    /// Two producers, one with two frames, two workers. A message can be delivered again while a worker holds it, and a
    /// frame is sent again when an answer is lost, so both workers may have it although it is in the queue once.
    private static let wide = ProtocolModel(journals: [[0, 1], [2]], faults: .init())
    /// The same with fewer frames, each twice in the queue, power cuts and dead letters.
    private static let deep = ProtocolModel(
        journals: [[0], [1]],
        faults: .init(messagesPerFrame: 2, diesBeforeAnswering: true, powerCuts: true, deadLetters: true))
    /// One journal with two frames, and power cuts.
    private static let numbered = ProtocolModel(
        journals: [[0, 1]], faults: .init(diesBeforeAnswering: true, powerCuts: true))

    @Test("keeps its promises with two producers, two workers, three frames") func wide() async throws {
        let states = try await Self.check(Self.wide)
        #expect(states > 500_000)
    }

    @Test("keeps them with doubled messages, power cuts and dead letters") func deep() async throws {
        let states = try await Self.check(Self.deep)
        #expect(states > 10_000)
    }

    @Test("keeps them with power cuts and frames in sequence") func numbered() async throws {
        let states = try await Self.check(Self.numbered)
        #expect(states > 1_000)
    }

    @Test("would break them without any of its rules", arguments: ProtocolModel.Mistake.allCases)
    func mistakes(mistake: ProtocolModel.Mistake) async {
        var model = Self.numbered
        model.mistake = mistake
        await #expect(throws: ModelChecker.Fault.self) { try await Self.check(model) }
    }

    @Test("keeps them when a folder is copied at any moment, and started beside the original") func copies()
        async throws
    {
        let model = CopyModel(clicks: 2, happens: [.copy])
        let states = try await Self.onAThread { try model.check() }
        #expect(states > 20_000)
    }

    @Test("keeps them when an old state of a folder is put back") func rewinds() async throws {
        let model = CopyModel(clicks: 2, happens: [.rewind])
        let states = try await Self.onAThread { try model.check() }
        #expect(states > 10_000)
    }

    @Test("would break them without any of the rules about copies", arguments: CopyModel.Mistake.allCases)
    func mistakesAboutCopies(mistake: CopyModel.Mistake) async {
        let model = CopyModel(clicks: 2, happens: [.copy], mistake: mistake)
        await #expect(throws: CopyModel.Fault.self) { try await Self.onAThread { try model.check() } }
    }

    /// Visits the model's states on a thread of its own: it takes seconds, and the tests of other suites share the few
    /// threads of Swift's tasks.
    private static func check(_ model: ProtocolModel) async throws -> Int {
        try await onAThread { try ModelChecker(model: model).check() }
    }

    private static func onAThread(_ work: @escaping @Sendable () throws -> Int) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try work() }) }
        }
    }
}
