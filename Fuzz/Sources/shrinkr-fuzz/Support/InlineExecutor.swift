import Dispatch
import Synchronization

/// Runs asynchronous code on the thread that waits for it: libFuzzer's. Nothing is handed to other threads and back
/// for each step, and an input takes the same way every time.
final class InlineExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }

    /// The result of `body`, once it is there.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let result = Result<Value>()
        _ = Task(executorPreference: self) { result.value.withLock { [value = await body()] in $0 = value } }
        while true {
            if let value = result.value.withLock(\.self) { return value }
            waiting.wait()
            jobs.withLock { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private final class Result<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
