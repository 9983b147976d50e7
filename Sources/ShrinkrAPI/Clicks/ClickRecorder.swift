import ClickJournal
import HTTPTypes
import Hummingbird
import Logging
import ShrinkrCore
import ShrinkrObservability
import Synchronization

/// Writes the click of a redirect to the journal, before the redirect is answered.
///
/// A click that the journal cannot take is counted as dropped, and said once per interval: the redirect goes on.
final class ClickRecorder: Sendable {
    /// Least time between two lines about dropped clicks.
    static let complaintInterval = Duration.seconds(10)

    private struct Complaint {
        var lastAt: Timestamp?
        var dropped = 0
    }

    private let journal: ClickJournal
    private let hasher: VisitorHasher
    private let clients: ClientResolver
    private let metrics: APIMetrics
    private let logger: Logger
    private let complaint = Mutex(Complaint())

    init(
        journal: ClickJournal, hasher: VisitorHasher, clients: ClientResolver, metrics: APIMetrics, logger: Logger
    ) {
        self.journal = journal
        self.hasher = hasher
        self.clients = clients
        self.metrics = metrics
        self.logger = logger
    }

    /// Records that `request` is about to be answered with a redirect. Returns when the operating system has the click.
    func record(_ request: Request, peer: IPAddress?, code: ShortCode, at now: Timestamp) {
        var record: [UInt8] = []
        record.reserveCapacity(512)
        click(request, peer: peer, code: code, at: now).appendJSON(to: &record)
        metrics.redirects.increment()
        switch journal.append(record) {
        case .recorded: metrics.clicksRecorded.increment()
        case .dropped(let reason):
            metrics.clicksDropped.increment()
            complain(of: reason, at: now)
        }
    }

    private func click(_ request: Request, peer: IPAddress?, code: ShortCode, at now: Timestamp) -> Click {
        let address = clients.address(of: request, peer: peer)
        let userAgent = request.headers[.userAgent]
        return Click(
            time: now, code: code, method: request.method == .head ? .head : .get, address: address?.truncated,
            visitor: hasher.hash(address: address, userAgent: userAgent, at: now), userAgent: userAgent,
            referrer: request.headers[.referer].flatMap(Referrer.withoutSecrets),
            language: request.headers[.acceptLanguage].flatMap(Language.preferred),
            country: clients.country(of: request, peer: peer), isPrefetch: request.isPrefetch)
    }

    private func complain(of reason: DropReason, at now: Timestamp) {
        let dropped: Int? = complaint.withLock { complaint in
            complaint.dropped += 1
            if let last = complaint.lastAt, now < last.advanced(by: Self.complaintInterval) { return nil }
            defer { complaint = Complaint(lastAt: now) }
            return complaint.dropped
        }
        guard let dropped else { return }
        logger.error("Clicks dropped", metadata: ["clicks.dropped": "\(dropped)", "reason": "\(reason)"])
    }
}
