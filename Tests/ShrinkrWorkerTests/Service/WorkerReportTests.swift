import ClickQueue
import CoreTestSupport
import Foundation
import NIOPosix
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import Testing

@testable import ShrinkrWorker

@Suite("A running worker reports", .timeLimit(.minutes(5)))
struct WorkerReportTests {
    private let daily = "daily/dt=2026-11-22/links.ndjson.gz"

    @Test("into a directory what it has counted")
    func directory() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "reports-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let harness = WorkerHarness()
        try await Fixture.insertLinks("a", "b", "c", into: harness.store.base)
        let mixed = try (1...30).map { try Fixture.mixedFrame($0) }
        let clicks = mixed.flatMap(\.clicks)
        try await harness.run(sink: DirectoryReportSink(root: root, threads: .singleton)) {
            _ = await harness.deliver(mixed.map(\.frame))
        }
        var counted: [String: Int] = [:]
        for day in ["2026-11-22", "2026-11-23"] {
            let path = "\(root)/daily/dt=\(day)/links.ndjson.gz"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let lines = try ReportLineJSON.read(Array(try Data(contentsOf: URL(filePath: path))))
            for line in lines { counted[line.code, default: 0] += line.clicks }
        }
        #expect(counted == Dictionary(grouping: clicks, by: \.code.text).mapValues(\.count))
    }

    @Test("what was counted before a crash kept it from doing so")
    func crashBetweenAddAndReport() async throws {
        let harness = WorkerHarness()
        try await Fixture.insertLinks("abc", into: harness.store.base)
        let counter = FrameCounter(classifier: ClickClassifier())
        let frame = ClickFrame(id: FrameID(journal: Fixture.journal, number: 1), clicks: [try Fixture.click()])
        _ = try await harness.store.add(counter.count(try #require(FrameMessage(frame))), at: Fixture.time)
        try await harness.run {
            try await eventually("the report is there") { harness.sink.objects[daily] != nil }
        }
        #expect(try ReportLineJSON.read(try #require(harness.sink.objects[daily])).map(\.clicks) == [1])
    }

    @Test("later, and counts all the same, when the sink does not work")
    func brokenSink() async throws {
        let harness = WorkerHarness()
        try await Fixture.insertLinks("abc", into: harness.store.base)
        harness.sink.failNext(.max)
        try await harness.run {
            let outcomes = await harness.deliver([Fixture.outgoing(1, [try Fixture.click()])])
            #expect(outcomes == [.accepted])
            try await eventually("a report failed") { harness.metric("report_failures_total").map { $0 > 0 } == true }
            #expect(harness.readiness.isReady, "reports do not decide whether clicks can be counted")
            harness.sink.failNext(0)
            try await eventually("the report is there") { harness.sink.objects[daily] != nil }
        }
    }
}
