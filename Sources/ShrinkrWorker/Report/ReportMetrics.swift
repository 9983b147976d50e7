import ShrinkrObservability

/// What the worker tells Prometheus about reports.
struct ReportMetrics: Sendable {
    let written: Counter
    let failures: Counter
    let duration: Histogram

    init(_ registry: MetricsRegistry) throws(ObservabilityError) {
        written = try registry.counter("shrinkr_worker_reports_written_total", help: "Reports written.")
        failures = try registry.counter(
            "shrinkr_worker_report_failures_total", help: "Attempts at reports that failed.")
        duration = try registry.histogram(
            "shrinkr_worker_report_duration_seconds", help: "Time to make and write one report.",
            buckets: WorkerMetrics.buckets)
    }
}
