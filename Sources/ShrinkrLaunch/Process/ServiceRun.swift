import Dispatch
import Glibc
package import Logging
package import ServiceLifecycle
import ShrinkrProcess
import UnixSignals

/// Runs services until a signal, then stops them in reverse order.
///
/// A second signal, or the shutdown timeout, cuts that short: everything that still runs is cancelled at once. Nothing is
/// lost by it: clicks stay in the journal, received messages come again. That too is an orderly end, with exit code 0.
/// Only what does not let itself be cancelled in time is left as a kill would leave it, with exit code 1.
package enum ServiceRun {
    /// Time for the rest of the program after a cancellation.
    static let cancellationTime = Duration.seconds(3)

    /// - Parameters:
    ///   - services: In the order of their start.
    ///   - last: One more service, whose own end ends all others as a signal would.
    ///   - timeout: Longest time from the signal to the cancellation of what still runs.
    /// - Returns: Whether a signal came.
    @discardableResult
    package static func run(
        _ services: [any Service], until last: (any Service)? = nil, shutdownTimeout timeout: Duration, logger: Logger
    ) async throws -> Bool {
        let group = ServiceGroup(configuration: configuration(services, until: last, logger: logger))
        // Before the first service starts, so that no signal is missed.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let (events, report) = AsyncStream.makeStream(
            of: ShutdownState.Event.self, bufferingPolicy: .bufferingNewest(8))
        let work = Task {
            defer { report.yield(.ended) }
            try await group.run()
        }
        var state = ShutdownState()
        await withTaskGroup { tasks in
            tasks.addTask { for await signal in signals { report.yield(.signal("\(signal)")) } }
            events: for await event in events {
                switch state.next(event) {
                case .none: break
                case .stop(let signal):
                    logger.info("stopping", metadata: ["signal": "\(signal)", "timeout": "\(timeout)"])
                    endProcess(after: timeout + cancellationTime, logger: logger)
                    await group.triggerGracefulShutdown()
                    tasks.addTask {
                        try? await Task.sleep(for: timeout)
                        report.yield(.timeout)
                    }
                case .cutShort(let reason):
                    logger.warning("Shutdown cut short", metadata: ["reason": "\(reason)"])
                    endProcess(after: cancellationTime, logger: logger)
                    work.cancel()
                case .finish: break events
                }
            }
            tasks.cancelAll()
        }
        try await finish(work, state, logger: logger)
        return state.isStopped
    }

    private static func configuration(
        _ services: [any Service], until last: (any Service)?, logger: Logger
    ) -> ServiceGroupConfiguration {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var configurations = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if let last {
            configurations.append(.init(service: last, successTerminationBehavior: .gracefullyShutdownGroup))
        }
        return ServiceGroupConfiguration(services: configurations, logger: quiet)
    }

    /// Says that all has ended, or why the services failed. That they were cancelled is no failure.
    private static func finish(_ work: Task<Void, any Error>, _ state: ShutdownState, logger: Logger) async throws {
        do {
            try await work.value
        } catch is CancellationError where state.isCutShort {}
        if state.isStopped { logger.info("stopped") }
    }

    /// The last resort: a timer of the system, which runs also where a task blocks the threads of all the others. It is
    /// never stopped, because the process is to end before.
    private static func endProcess(after time: Duration, logger: Logger) {
        let milliseconds = Int(time / .milliseconds(1))
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
            logger.critical("Shutdown did not end in time; what still runs is left as a kill would leave it")
            _exit(Exit.failure)
        }
    }
}
