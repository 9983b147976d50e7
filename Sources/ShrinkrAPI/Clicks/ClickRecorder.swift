import ClickJournal
import HTTPTypes
import Hummingbird
import NIOCore
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import Synchronization

/// Writes the click of a redirect to the journal, before the redirect is answered.
///
/// A click that the journal cannot take is counted as dropped, and ``DropReport`` tells of it: the redirect goes on.
final class ClickRecorder: Sendable {
    /// A journal that takes so long for a few clicks has a disk that stalls. An event loop that waits for it serves nobody,
    /// so for a while clicks are written on a thread that may wait. One is enough: the journal writes one after the other.
    static let slowWrite = TimeAmount.milliseconds(100)
    static let restAfterSlowWrite = TimeAmount.seconds(10)

    private let journal: ClickJournal
    private let hasher: VisitorHasher
    private let clients: ClientResolver
    private let metrics: APIMetrics
    private let report: DropReport
    private let thread = ThreadExecutor(label: "clicks")
    /// Until when the disk counts as stalled, in the event loops' time.
    private let slowUntil = Atomic<UInt64>(0)

    init(
        journal: ClickJournal, hasher: VisitorHasher, clients: ClientResolver, metrics: APIMetrics, report: DropReport
    ) {
        self.journal = journal
        self.hasher = hasher
        self.clients = clients
        self.metrics = metrics
        self.report = report
    }

    /// Whether a write took long a short time ago: then event loops are not to write.
    var isSlow: Bool {
        let until = slowUntil.load(ordering: .relaxed)
        return until != 0 && NIODeadline.now().uptimeNanoseconds < until
    }

    /// Records that `request` is about to be answered with a redirect. Returns when the operating system has the click.
    ///
    /// - Parameter isConfirmed: whether a person has pressed "Continue" (``Click/isConfirmed``).
    func record(
        _ request: Request, peer: IPAddress?, code: ShortCode, isConfirmed: Bool = false, at now: Timestamp
    ) async {
        var record: [UInt8] = []
        record.reserveCapacity(512)
        var click = click(request, peer: peer, code: code, at: now)
        click.isConfirmed = isConfirmed
        click.appendJSON(to: &record)
        guard isSlow else { return append(record, at: now) }
        await withTaskExecutorPreference(thread) { append(record, at: now) }
    }

    /// Returns once the clicks that wait for a stalled disk are written.
    func writeWaiting() async {
        await withTaskExecutorPreference(thread) {}
    }

    private func append(_ record: [UInt8], at now: Timestamp) {
        metrics.redirects.increment()
        switch timed({ journal.append(record) }) {
        case .recorded:
            metrics.clicksRecorded.increment()
            report.recorded(at: now)
        case .dropped(let reason):
            metrics.clicksDropped.increment()
            report.dropped(reason, at: now)
        }
    }

    private func timed<Outcome>(_ write: () -> Outcome) -> Outcome {
        let start = NIODeadline.now()
        let outcome = write()
        let end = NIODeadline.now()
        if end - start > Self.slowWrite {
            slowUntil.store((end + Self.restAfterSlowWrite).uptimeNanoseconds, ordering: .relaxed)
        }
        return outcome
    }

    /// Records clicks that are written already, one behind the other, as ``record(_:peer:code:isConfirmed:at:)`` does each.
    ///
    /// - Parameter ends: where each of them ends.
    func record(_ clicks: UnsafeRawBufferPointer, ends: [Int], at now: Timestamp) {
        metrics.redirects.increment(by: ends.count)
        let outcome = timed { journal.append(clicks, ends: ends) }
        metrics.clicksRecorded.increment(by: outcome.recorded)
        metrics.clicksDropped.increment(by: outcome.dropped.count)
        if outcome.recorded > 0 { report.recorded(at: now) }
        for reason in outcome.dropped { report.dropped(reason, at: now) }
    }

    private func click(_ request: Request, peer: IPAddress?, code: ShortCode, at now: Timestamp) -> Click {
        let address = clients.address(of: request, peer: peer)
        let userAgent = request.headers.text(.userAgent)?.string
        return Click(
            // A clock that is wrong by decades must not make a frame that no reader believes.
            time: ClickLimits.believable(now), code: code, method: request.method == .head ? .head : .get,
            address: address?.truncated,
            visitor: hasher.hash(address: address, userAgent: userAgent, at: now), userAgent: userAgent,
            referrer: request.headers.text(.referer).flatMap(Referrer.withoutSecrets),
            language: request.headers.text(.acceptLanguage).flatMap(Language.preferred),
            country: clients.country(of: request, peer: peer), isPrefetch: FetchPurpose(request) != .visit,
            hints: ClickHints(request.headers))
    }
}
