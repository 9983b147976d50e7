import Synchronization

@testable import ShrinkrWorker

/// Keeps reports in memory; fails as the test says.
final class RecordingSink: ReportSink {
    private struct State {
        var objects: [String: [UInt8]] = [:]
        var writes: [String] = []
        var failures = 0
        var failingKeys: Set<String> = []
    }

    private let state = Mutex(State())

    var objects: [String: [UInt8]] { state.withLock { $0.objects } }
    /// Keys in the order of their writes.
    var writes: [String] { state.withLock { $0.writes } }

    func failNext(_ count: Int) {
        state.withLock { $0.failures = count }
    }

    /// Lets every write of this key fail.
    func failAlways(_ key: String) {
        state.withLock { _ = $0.failingKeys.insert(key) }
    }

    func write(key: String, bytes: [UInt8]) async throws {
        try state.withLock { state in
            guard state.failures == 0, !state.failingKeys.contains(key) else {
                state.failures = max(0, state.failures - 1)
                throw WorkerError.reportNotWritten(path: key, reason: "as the test wants it")
            }
            state.objects[key] = bytes
            state.writes.append(key)
        }
    }
}
