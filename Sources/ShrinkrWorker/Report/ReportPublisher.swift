import ClickQueue
import Logging
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore

/// Writes the reports that are due. They are derived from the store, under keys that never change: one that failed, or
/// that a crash prevented, is still due and is written in a later round.
struct ReportPublisher: Sendable {
    let store: any ReportStore
    let sink: any ReportSink
    let policy: ReportPolicy
    let metrics: ReportMetrics
    let time: MonotonicTime
    let wallClock: WallClock
    let logger: Logger

    /// Writes every report that is due, oldest first. Never fails: what could not be written stays due.
    ///
    /// - Parameter claims: claims of an earlier round that are to be let go.
    /// - Returns: claims that could not be let go, because the store did not work. Nobody else may write these reports
    ///   until the claims run out, so they are to be passed to the next round.
    @discardableResult
    func publishDue(lettingGo claims: [DueReport] = []) async -> [DueReport] {
        let kept = await letGo(claims)
        // Claims on failed reports are kept until the round ends, or the next claim would be the same one again.
        var failed: [DueReport] = []
        var failuresInRow = 0
        for _ in 0..<policy.reportsPerRound where failuresInRow < policy.failuresPerRound {
            guard !Task.isCancelled, let report = await claim() else { break }
            if await publish(report) {
                failuresInRow = 0
            } else {
                failed.append(report)
                failuresInRow += 1
            }
        }
        return kept + (await letGo(failed))
    }

    private func letGo(_ claims: [DueReport]) async -> [DueReport] {
        var kept: [DueReport] = []
        for claim in claims {
            do {
                try await store.abandonReport(claim)
            } catch {
                kept.append(claim)
            }
        }
        return kept
    }

    private func claim() async -> DueReport? {
        let now = wallClock.now()
        do {
            return try await store.claimDueReports(limit: 1, at: now, until: now.advanced(by: policy.claimDuration))
                .first
        } catch {
            logger.debug("due reports cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Whether the report was written.
    private func publish(_ report: DueReport) async -> Bool {
        let key = report.period.reportKey
        let start = time.now()
        do {
            try await withDeadline { try await sink.write(key: key, bytes: try await render(report.period)) }
            try await store.finishReport(report)
            metrics.written.increment()
            metrics.duration.observe(time.now() - start)
            return true
        } catch {
            metrics.failures.increment()
            logger.warning("report not written", metadata: ["report.key": "\(key)", "error": "\(error)"])
            return false
        }
    }

    /// The report as gzipped NDJSON, one line per link in the order of their codes.
    func render(_ period: ReportPeriod) async throws -> [UInt8] {
        var gzip = try GzipStream(maximumOutputBytes: policy.maximumBytes)
        var last: ShortCode?
        while true {
            try Task.checkCancellation()
            let lines = try await store.reportLines(period, after: last, limit: policy.linesPerPage)
            for line in lines {
                try gzip.write(try ReportRecord(line, of: period).ndjson())
            }
            guard lines.count == policy.linesPerPage else { break }
            last = lines.last?.code
        }
        return try gzip.finish()
    }

    private func withDeadline(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await time.sleep(for: policy.deadline)
                throw WorkerError.reportTimedOut
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

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

/// How reports are written.
package struct ReportPolicy: Hashable, Sendable {
    /// Pause between two rounds. Each round writes every report whose numbers have changed.
    package var interval: Duration = .seconds(60)
    /// For how long a round claims one report, so that no other worker writes it at the same time.
    package var claimDuration: Duration = .seconds(300)
    /// Longest time for making and writing one report; less than the claim, so that an old report cannot overwrite the
    /// one that the claim's next owner wrote.
    package var deadline: Duration = .seconds(240)
    /// Lines that are read from the store at once.
    package var linesPerPage = 500
    /// Most compressed bytes of one report, which is in memory while it is made.
    package var maximumBytes = 64 << 20
    /// Most reports of one round.
    package var reportsPerRound = 1_000
    /// Failures in a row after which a round ends: the sink or the store does not work.
    package var failuresPerRound = 3

    package init() {}

    /// Sets the interval, and with it how long a worker that was killed holds up the report that it was writing: some
    /// intervals, at least a minute and at most the default.
    package mutating func write(every interval: Duration) {
        self.interval = interval
        claimDuration = min(max(interval * 5, .seconds(60)), Self().claimDuration)
        deadline = claimDuration * 4 / 5
    }
}
