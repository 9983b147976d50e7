import Synchronization

/// All metrics of the process. Hands out cheap handles and renders them for Prometheus.
///
/// Ask for handles once, at start, and keep them: registering takes a lock, using a handle does not. Asking again for
/// the same name and labels gives the same handle. A name that is in use for another type, or that breaks the format's
/// rules, is a programming error and thrown as ``ObservabilityError/invalidMetric(name:reason:)``, so that a
/// composition root fails at start instead of serving an exposition that Prometheus rejects.
package final class MetricsRegistry: Sendable {
    /// Default of `maximumSamples`. A page of that many lines takes about 200 KiB.
    package static let defaultMaximumSamples = 2_000
    /// Functions that ``onScrape(_:)`` accepts.
    package static let maximumScrapeHooks = 64

    private struct State {
        var families: [String: MetricFamily] = [:]
        var takenNames: Set<String> = []
        var sampleCount = 0
        var hooks: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let maximumSamples: Int

    /// - Parameter maximumSamples: bound of the sample lines on a page; a histogram takes one per bucket and three.
    package init(maximumSamples: Int = defaultMaximumSamples) {
        self.maximumSamples = maximumSamples
    }

    /// A count of events; `name` ends in `_total`.
    package func counter(
        _ name: String, help: String, labels: [String: String] = [:]
    ) throws(ObservabilityError) -> Counter {
        let series = try register(name, help, .counter, labels) { .counter(Counter()) }
        guard case .counter(let counter) = series else { throw otherType(name) }
        return counter
    }

    /// A value that goes up and down; `name` carries its unit, such as `_bytes` or `_seconds`.
    package func gauge(
        _ name: String, help: String, labels: [String: String] = [:]
    ) throws(ObservabilityError) -> Gauge {
        let series = try register(name, help, .gauge, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = series else { throw otherType(name) }
        return gauge
    }

    /// A count that somebody else keeps, such as the kernel or a database: exposed as a counter, set like a gauge,
    /// usually in an ``onScrape(_:)`` function; `name` ends in `_total`.
    package func mirroredCounter(
        _ name: String, help: String, labels: [String: String] = [:]
    ) throws(ObservabilityError) -> Gauge {
        let series = try register(name, help, .counter, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = series else { throw otherType(name) }
        return gauge
    }

    /// A distribution; `name` carries the unit of what is observed.
    /// - Parameter buckets: inclusive upper bounds, ascending, at most 64, without infinity.
    package func histogram(
        _ name: String, help: String, labels: [String: String] = [:], buckets: [Double] = Histogram.durationBuckets
    ) throws(ObservabilityError) -> Histogram {
        try MetricRules.check(bounds: buckets, name: name)
        let series = try register(name, help, .histogram, labels) { .histogram(Histogram(bounds: buckets)) }
        guard case .histogram(let histogram) = series else { throw otherType(name) }
        guard histogram.bounds == buckets else {
            throw .invalidMetric(name: name, reason: "it is already registered with other buckets")
        }
        return histogram
    }

    /// Runs `update` before every rendering, to set gauges whose value is looked up rather than kept. It may block for
    /// a moment (a `stat`, a lock) but must not take long: it delays the scrape, on the admin server's own thread.
    package func onScrape(_ update: @escaping @Sendable () -> Void) throws(ObservabilityError) {
        try state.withLock { state throws(ObservabilityError) in
            guard state.hooks.count < Self.maximumScrapeHooks else {
                throw .invalidMetric(
                    name: "onScrape", reason: "more than \(Self.maximumScrapeHooks) functions are registered")
            }
            state.hooks.append(update)
        }
    }

    /// The page for `GET /metrics`, as UTF-8 in ``PrometheusText/contentType``.
    package func render() -> [UInt8] {
        // Hooks run outside the lock: they may register series.
        for hook in state.withLock({ $0.hooks }) { hook() }
        let families = state.withLock { $0.families }
        var page = PrometheusText()
        for family in families.values.sorted(by: { $0.name < $1.name }) { page.append(family) }
        return page.bytes
    }

    private func register(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ labels: [String: String],
        make: () -> MetricFamily.Series
    ) throws(ObservabilityError) -> MetricFamily.Series {
        try MetricRules.check(name: name, kind: kind, labels: labels)
        let key = MetricLabels(labels)
        return try state.withLock { state throws(ObservabilityError) in
            if let known = state.families[name]?.series[key], state.families[name]?.kind == kind { return known }
            let series = make()
            try check(name, kind, sampleCount: series.sampleCount, in: state)
            state.takenNames.formUnion(MetricFamily.sampleNames(of: name, kind: kind))
            state.sampleCount += series.sampleCount
            state.families[name, default: MetricFamily(name: name, help: help, kind: kind)].series[key] = series
            return series
        }
    }

    /// Whether there is room for a new series, and whether nobody else uses the names of its samples: a histogram `x`
    /// writes samples named `x_count`, as would a gauge of that name.
    private func check(
        _ name: String, _ kind: MetricFamily.Kind, sampleCount: Int, in state: State
    ) throws(ObservabilityError) {
        if let family = state.families[name] {
            guard family.kind == kind else { throw otherType(name) }
        } else {
            let names = MetricFamily.sampleNames(of: name, kind: kind)
            guard state.takenNames.isDisjoint(with: names) else { throw otherType(name) }
        }
        guard state.sampleCount + sampleCount <= maximumSamples else {
            throw .invalidMetric(name: name, reason: "the registry's limit of \(maximumSamples) samples is reached")
        }
    }

    private func otherType(_ name: String) -> ObservabilityError {
        .invalidMetric(name: name, reason: "its name is already in use for a metric of another type")
    }
}
