import Dispatch
package import Testing

/// Runs a test, with the functions that it awaits, on a thread of its own.
///
/// All tests share as many threads as there are cores. One that computes for seconds keeps the others from theirs, and two
/// of them stop all who wait for something: with time-outs they then fail, whatever they test.
package struct OwnThread: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    @concurrent package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite has a scope around those of its tests.
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(ThreadExecutor()) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    /// For tests that compute, or block a thread, for a second or more.
    package static var ownThread: Self { Self() }
}

/// Dispatch has a thread for each of its serial queues that has work, however many others wait.
private final class ThreadExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "test")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
