package import ClickQueue
package import Logging
package import ShrinkrCore
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
///   - readiness: must have the components ``WorkerService/queueComponent`` and ``WorkerService/storeComponent``.
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
    wallClock: ShrinkrCore.WallClock = .system,
    logger: Logger
) throws -> WorkerService {
    try configuration.validate()
    let time = MonotonicTime(clock)
    let metrics = try WorkerMetrics(registry)
    let heartbeat = Heartbeat(time: time)
    let window = SharedWindow(policy: configuration.flush)
    try metrics.observe(window, heartbeat, in: registry)
    let classifier = try ClickClassifier()
    let consumers = (1...configuration.receivers).map { number in
        ClickConsumer(
            name: "receive-\(number)", receiver: receiver, counter: FrameCounter(classifier: classifier),
            window: window, configuration: configuration, metrics: metrics, readiness: readiness,
            heartbeat: heartbeat, time: time, logger: logger)
    }
    let reportLoop = reports.map { reports in
        let publisher = ReportPublisher(
            store: reports.store, sink: reports.sink, policy: configuration.reports,
            classifierRules: classifier.rulesVersion, metrics: metrics, time: time, wallClock: wallClock,
            logger: logger)
        return ReportLoop(publisher: publisher, window: window, interval: configuration.reports.interval, time: time)
    }
    return WorkerService(
        heartbeat: heartbeat,
        consumers: consumers,
        flusher: WindowFlusher(
            window: window, stats: stats, receiver: receiver, metrics: metrics, readiness: readiness,
            heartbeat: heartbeat, time: time, wallClock: wallClock, logger: logger),
        extender: VisibilityExtender(
            window: window, receiver: receiver, timeout: configuration.flush.visibilityTimeout, metrics: metrics,
            time: time),
        reports: reportLoop,
        window: window,
        receiver: receiver,
        drainDeadline: configuration.drainDeadline,
        metrics: metrics,
        time: time)
}
