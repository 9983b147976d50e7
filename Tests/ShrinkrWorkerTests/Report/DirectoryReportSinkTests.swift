import Foundation
import NIOPosix
import Testing

@testable import ShrinkrWorker

@Suite("The report directory", .timeLimit(.minutes(5)))
final class DirectoryReportSinkTests {
    private let root = FileManager.default.temporaryDirectory.appending(path: "reports-\(UUID())").path
    private let key = "daily/dt=2026-11-22/links.ndjson.gz"

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    private func sink(_ folder: String = "a/b") -> DirectoryReportSink {
        DirectoryReportSink(root: "\(root)/\(folder)", threads: .singleton)
    }

    @Test("is made when it is missing, and holds what was written")
    func write() async throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await sink().write(key: key, bytes: bytes)
        let read = try Data(contentsOf: URL(filePath: "\(root)/a/b/\(key)"))
        #expect(Array(read) == bytes)
    }

    @Test("has the newest content and nothing beside it")
    func replace() async throws {
        try await sink().write(key: key, bytes: Array("a longer first report".utf8))
        try await sink().write(key: key, bytes: Array("second".utf8))
        let folder = "\(root)/a/b/daily/dt=2026-11-22"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["links.ndjson.gz"])
        #expect(try String(contentsOfFile: "\(folder)/links.ndjson.gz", encoding: .utf8) == "second")
    }

    @Test("that cannot be written is an error that names the file")
    func failure() async throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try Data("a file".utf8).write(to: URL(filePath: "\(root)/file"))
        let error = await #expect(throws: WorkerError.self) { try await sink("file").write(key: key, bytes: [1]) }
        #expect(error?.description.contains(key) == true)
    }

    @Test("keeps the old report when the new one cannot take its place")
    func failedReplacement() async throws {
        // A folder where the file should be: rename(2) refuses.
        let folder = "\(root)/a/b/\(key)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        await #expect(throws: WorkerError.self) { try await sink().write(key: key, bytes: [1]) }
        let parent = "\(root)/a/b/daily/dt=2026-11-22"
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["links.ndjson.gz"], "no rest is left")
    }
}
