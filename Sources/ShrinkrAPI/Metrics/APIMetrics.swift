import HTTPTypes
import ShrinkrObservability
import Synchronization

/// What the API counts. Labels are bounded: routes, not paths; classes of status, not codes.
final class APIMetrics: Sendable {
    private struct RequestKind: Hashable {
        let method: String
        let route: String
        let status: String
    }

    /// Redirects answered, whether their click was recorded or not.
    let redirects: Counter
    /// Those of them that the redirect lane has answered.
    let laneRedirects: Counter
    /// Clicks handed to the journal.
    let clicksRecorded: Counter
    /// Clicks of answered redirects that could not be recorded.
    let clicksDropped: Counter
    /// Clicks in frames that the queue has accepted.
    let clicksPublished: Counter
    /// Attempts to send a frame that failed.
    let publishFailures: Counter

    /// Frames that were sent in version 2 and had to be sent in version 1.
    let framesSentAgain: Counter
    /// The version in which frames are sent.
    let frameVersion: Gauge

    private let registry: MetricsRegistry
    private let requests = Mutex<[RequestKind: Counter]>([:])

    init(registry: MetricsRegistry) throws {
        self.registry = registry
        redirects = try registry.counter("shrinkr_redirects_total", help: "Redirects answered.")
        laneRedirects = try registry.counter(
            "shrinkr_lane_redirects_total", help: "Redirects answered by the redirect lane.")
        clicksRecorded = try registry.counter(
            "shrinkr_clicks_recorded_total", help: "Clicks written to the journal before their redirect was answered.")
        clicksDropped = try registry.counter(
            "shrinkr_clicks_dropped_total", help: "Clicks of answered redirects that the journal could not take.")
        clicksPublished = try registry.counter(
            "shrinkr_clicks_published_total", help: "Clicks in frames that the queue has accepted.")
        publishFailures = try registry.counter(
            "shrinkr_publish_failures_total", help: "Attempts to send a frame to the queue that failed.")
        framesSentAgain = try registry.counter(
            "shrinkr_frames_sent_again_total", help: "Frames sent in version 2 that had to be sent in version 1.")
        frameVersion = try registry.gauge(
            "shrinkr_frame_version", help: "The version of the wire format in which frames are sent.")
        frameVersion.set(1)
    }

    /// Counts one answered request.
    func count(method: HTTPRequest.Method, route: String?, status: HTTPResponse.Status) {
        let kind = RequestKind(
            method: Self.methods.contains(method) ? method.rawValue : "other", route: route ?? "none",
            status: "\(status.code / 100)xx")
        counter(kind)?.increment()
    }

    /// Counts requests for links that the redirect lane has answered.
    func countLane(_ requests: Int) {
        laneRedirects.increment(by: requests)
        counter(Self.redirectKind)?.increment(by: requests)
    }

    private static let redirectKind = RequestKind(method: "GET", route: "/{code}", status: "3xx")

    private func counter(_ kind: RequestKind) -> Counter? {
        requests.withLock { requests in
            if let counter = requests[kind] { return Counter?.some(counter) }
            requests[kind] = try? registry.counter(
                "shrinkr_http_requests_total", help: "Requests answered.",
                labels: ["method": kind.method, "route": kind.route, "status": kind.status])
            return requests[kind]
        }
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
