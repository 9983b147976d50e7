import Dispatch
import NIOCore

/// Runs the task that serves a connection on the connection's own event loop: a request's way to its handler and back
/// crosses no threads, each of which would have to be woken.
///
/// What keeps a thread busy for long has no place there (``aside(_:)``), since others are served on the same event loop.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Runs tasks one after the other on a thread of its own. What waits there for the disk takes none of the few threads that
/// all tasks share.
final class ThreadExecutor: TaskExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Has requests handled away from the event loops, because that may take long: they carry much, or are answered with much.
func aside(_ handler: @escaping RequestHandler) -> RequestHandler {
    { request, context in
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try await handler(request, context) }
    }
}
