import ShrinkrObservability
import ShrinkrStore

/// What the worker tells Prometheus about receiving and counting.
struct WorkerMetrics: Sendable {
    let messagesReceived: Counter
    let receiveFailures: Counter
    let malformedMessages: Counter
    let unknownVersionMessages: Counter
    let refusedMessages: Counter
    let framesCounted: Counter
    let duplicateFrames: Counter
    let clicksCounted: Counter
    let clicksOrphaned: Counter
    let flushFailures: Counter
    let flushDuration: Histogram
    let lastFlush: Gauge
    let windowFrames: Gauge
    let windowClicks: Gauge
    let deletesFailed: Counter
    let extensionsFailed: Counter
    let messagesReleased: Counter

    /// Upper bounds in seconds of a flush or a report: a transaction over many rows, not a request.
    static let buckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

    init(_ registry: MetricsRegistry) throws(ObservabilityError) {
        let prefix = "shrinkr_worker_"
        messagesReceived = try registry.counter(prefix + "messages_received_total", help: "Messages received.")
        receiveFailures = try registry.counter(prefix + "receive_failures_total", help: "Receives that failed.")
        let poison = prefix + "poison_messages_total"
        let poisonHelp = "Receives of messages that cannot be counted; they stay on the queue."
        malformedMessages = try registry.counter(poison, help: poisonHelp, labels: ["reason": "malformed"])
        unknownVersionMessages = try registry.counter(poison, help: poisonHelp, labels: ["reason": "unknown_version"])
        refusedMessages = try registry.counter(poison, help: poisonHelp, labels: ["reason": "refused_by_store"])
        framesCounted = try registry.counter(prefix + "frames_counted_total", help: "Frames counted, once each.")
        duplicateFrames = try registry.counter(
            prefix + "duplicate_frames_total", help: "Frames that came again and added nothing.")
        clicksCounted = try registry.counter(prefix + "clicks_counted_total", help: "Clicks added to a link's counts.")
        clicksOrphaned = try registry.counter(
            prefix + "clicks_orphaned_total", help: "Clicks of codes that are no link.")
        flushFailures = try registry.counter(prefix + "flush_failures_total", help: "Flushes that failed.")
        flushDuration = try registry.histogram(
            prefix + "flush_duration_seconds", help: "Time of the flush's transaction.", buckets: Self.buckets)
        lastFlush = try registry.gauge(
            prefix + "last_flush_timestamp_seconds", help: "Unix time of the last flush that succeeded.")
        windowFrames = try registry.gauge(prefix + "window_frames", help: "Frames held and not flushed.")
        windowClicks = try registry.gauge(prefix + "window_clicks", help: "Clicks held and not flushed.")
        deletesFailed = try registry.counter(
            prefix + "deletes_failed_total", help: "Counted messages that could not be deleted; they come again.")
        extensionsFailed = try registry.counter(
            prefix + "visibility_extensions_failed_total", help: "Held messages that could not be hidden for longer.")
        messagesReleased = try registry.counter(
            prefix + "messages_released_total", help: "Messages given back to the queue without being counted.")
    }

    func record(_ outcome: AddOutcome, frames: Int) {
        framesCounted.increment(by: frames - outcome.duplicateFrames)
        duplicateFrames.increment(by: outcome.duplicateFrames)
        clicksCounted.increment(by: outcome.counted)
        clicksOrphaned.increment(by: outcome.orphaned)
    }
}
