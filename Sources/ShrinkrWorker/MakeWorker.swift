package import ClickQueue
package import Logging
package import ShrinkrBase
package import ShrinkrObservability
package import ShrinkrStore

/// Puts a worker together; ``WorkerService/run()`` starts it.
///
/// - Parameters:
///   - receiver: the queue; nothing else may read from it but other workers.
///   - stats: where clicks are counted.
///   - reports: where reports are read from, usually the same store; nil writes none.
///   - sink: where reports go.
///   - metrics: gets the metrics named `shrinkr_worker_...`.
///   - readiness: must have the components ``WorkerReadiness/queueComponent`` and ``WorkerReadiness/storeComponent``.
///   - clock: for everything that waits.
///   - wallClock: for times in the store.
///   - logger: gets a line at warning for what fails, all else at debug.
/// - Throws: ``WorkerError`` for a configuration that cannot work; `ObservabilityError` where another part of the
///   process has taken a metric's name.
package func makeWorker(
    configuration: WorkerConfiguration,
    receiver: any ClickQueueReceiver,
    stats: any StatsStore,
    reports: (store: any ReportStore, sink: any ReportSink)?,
    metrics registry: MetricsRegistry,
    readiness: Readiness,
    clock: some Clock<Duration> = ContinuousClock(),
    wallClock: WallClock = .system,
    logger: Logger
) throws -> WorkerService {
    try configuration.validate()
    let time = MonotonicTime(clock)
    let parts = WorkerParts(
        configuration: configuration, receiver: receiver, window: LockedFlushWindow(policy: configuration.flush),
        metrics: try WorkerMetrics(registry), readiness: WorkerReadiness(readiness), heartbeat: Heartbeat(time: time),
        time: time, wallClock: wallClock, logger: logger)
    try parts.metrics.observe(parts.window, parts.heartbeat, in: registry)
    let classifier = ClickClassifier()
    return WorkerService(
        heartbeat: parts.heartbeat,
        consumers: parts.consumers(classifier),
        flusher: parts.flusher(stats),
        extender: VisibilityExtender(
            window: parts.window, receiver: receiver, timeout: configuration.flush.visibilityTimeout,
            metrics: parts.metrics, time: time),
        reports: try reports.map { parts.reportLoop($0, try ReportMetrics(registry)) },
        window: parts.window,
        receiver: receiver,
        drainDeadline: configuration.drainDeadline,
        metrics: parts.metrics,
        time: time)
}

/// What the parts of a worker share.
private struct WorkerParts {
    let configuration: WorkerConfiguration
    let receiver: any ClickQueueReceiver
    let window: LockedFlushWindow
    let metrics: WorkerMetrics
    let readiness: WorkerReadiness
    let heartbeat: Heartbeat
    let time: MonotonicTime
    let wallClock: WallClock
    let logger: Logger

    func consumers(_ classifier: ClickClassifier) -> [ClickConsumer] {
        (1...configuration.receivers).map { number in
            ClickConsumer(
                name: "receive-\(number)", receiver: receiver, counter: FrameCounter(classifier: classifier),
                window: window, policy: configuration.receive,
                visibilityTimeout: configuration.flush.visibilityTimeout, metrics: metrics, readiness: readiness,
                heartbeat: heartbeat, time: time, logger: logger)
        }
    }

    func flusher(_ stats: any StatsStore) -> WindowFlusher {
        WindowFlusher(
            window: window, stats: stats, receiver: receiver, metrics: metrics, readiness: readiness,
            heartbeat: heartbeat, time: time, wallClock: wallClock, logger: logger)
    }

    func reportLoop(
        _ reports: (store: any ReportStore, sink: any ReportSink), _ metrics: ReportMetrics
    ) -> ReportLoop {
        let publisher = ReportPublisher(
            store: reports.store, sink: reports.sink, policy: configuration.reports, metrics: metrics, time: time,
            wallClock: wallClock, logger: logger)
        return ReportLoop(publisher: publisher, window: window, interval: configuration.reports.interval, time: time)
    }
}

extension WorkerMetrics {
    /// Sets what is looked up rather than kept, whenever Prometheus asks.
    fileprivate func observe(
        _ window: LockedFlushWindow, _ heartbeat: Heartbeat, in registry: MetricsRegistry
    ) throws(ObservabilityError) {
        let silence = try registry.gauge(
            "shrinkr_worker_silence_seconds", help: "Time since the slowest loop of the worker last came round.")
        try registry.onScrape { [windowFrames, windowClicks] in
            let (frames, clicks) = window.read { ($0.heldFrames, $0.heldClicks) }
            windowFrames.set(frames)
            windowClicks.set(clicks)
            silence.set(heartbeat.silence / .seconds(1))
        }
    }
}
