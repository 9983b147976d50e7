/// Everything about the worker that can be set. The defaults are those of a worker on SQS.
package struct WorkerConfiguration: Hashable, Sendable {
    /// Tasks that receive messages, each with one long poll at a time.
    package var receivers = 2
    /// How each of them receives.
    package var receive = ReceivePolicy()
    /// When held frames are flushed.
    package var flush = FlushPolicy()
    /// How reports are written.
    package var reports = ReportPolicy()
    /// Time for flushing and for a last round of reports after the start of a graceful shutdown. What is not flushed by
    /// then is given back to the queue. Well below the 30 s that ECS waits by default (`stopTimeout`).
    package var drainDeadline: Duration = .seconds(20)

    package init() {}

    /// The defaults for a worker that shares a process with the API: counts show up quickly, and the embedded queue's
    /// 30 s visibility timeout holds.
    package static var embedded: WorkerConfiguration {
        var configuration = WorkerConfiguration()
        configuration.flush.interval = .seconds(2)
        configuration.flush.visibilityTimeout = .seconds(30)
        configuration.reports.write(every: .seconds(5))
        return configuration
    }

    /// - Throws: ``WorkerError/invalidConfiguration(reason:)`` for values that cannot work, alone or together.
    func validate() throws(WorkerError) {
        try require((1...16).contains(receivers), "receivers is \(receivers); 1 to 16 can run")
        try require((1...10).contains(receive.maximumMessages), "a receive asks for 1 to 10 messages")
        try require(receive.wait >= .zero, "a receive cannot wait for less than no time")
        try require(flush.interval >= .zero, "the flush interval is negative")
        try require(flush.maximumAttempts >= 1, "a flush needs at least one attempt")
        try require(flush.visibilityTimeout > .zero, "the visibility timeout must be more than 0 s")
        try require(
            flush.maximumClicks >= 1 && flush.maximumBytes >= 1 && flush.maximumKeys >= 1 && flush.maximumFrames >= 1,
            "each limit of a window must be at least 1")
        try require(reports.interval > .zero, "the report interval must be more than 0 s")
        try require(
            reports.deadline < reports.claimDuration, "a report's deadline must be shorter than the claim to write it")
        try require(drainDeadline >= .zero, "the drain deadline is negative")
    }

    private func require(_ condition: Bool, _ reason: String) throws(WorkerError) {
        guard condition else { throw .invalidConfiguration(reason: reason) }
    }
}
