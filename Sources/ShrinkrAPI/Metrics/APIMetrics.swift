import HTTPTypes
import ShrinkrObservability
import Synchronization

/// What the API counts. Labels are bounded: routes, not paths; classes of status, not codes.
final class APIMetrics: Sendable {
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
    private let requests: RouteCounters
    /// Those of ``requests`` that the redirect lane answers.
    private let laneRequests: LazyCounter

    init(registry: MetricsRegistry) throws {
        self.registry = registry
        requests = RouteCounters("none")
        laneRequests = requests.route("/{code}").counter(method: .get, status: .found)
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
        let route = route.map(requests.route) ?? requests
        route.counter(method: method, status: status).increment(in: registry)
    }

    /// Counts requests for links that the redirect lane has answered.
    func countLane(_ requests: Int) {
        laneRedirects.increment(by: requests)
        laneRequests.increment(by: requests, in: registry)
    }
}

/// The counters of one route's requests, and of the routes that were met after it: a list that only grows, and that is read
/// without a lock.
private final class RouteCounters: Sendable {
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    private let name: String
    private let counters: [LazyCounter]
    private let next = AtomicLazyReference<RouteCounters>()

    init(_ name: String) {
        self.name = name
        // text: names of methods that we name ourselves.
        counters = (Self.methods.map(\.rawValue) + ["other"]).flatMap { method in
            (0..<10).map { LazyCounter(method: method, route: name, status: "\($0)xx") }
        }
    }

    /// - Parameter wanted: the name of one of our routes.
    func route(_ wanted: String) -> RouteCounters {
        var route = self
        while route.name != wanted { route = route.next.load() ?? route.next.storeIfNil(RouteCounters(wanted)) }
        return route
    }

    func counter(method: HTTPRequest.Method, status: HTTPResponse.Status) -> LazyCounter {
        let row = Self.methods.firstIndex(of: method) ?? Self.methods.count
        return counters[10 * row + min(status.code / 100, 9)]
    }
}

/// A counter of requests that is registered when it is first needed.
private final class LazyCounter: Sendable {
    // text: names that we give ourselves.
    private let labels: [String: String]
    private let counter = AtomicLazyReference<Counter>()

    init(method: String, route: String, status: String) {
        labels = ["method": method, "route": route, "status": status]
    }

    func increment(by amount: Int = 1, in registry: MetricsRegistry) {
        if let counter = counter.load() { return counter.increment(by: amount) }
        let made = try? registry.counter("shrinkr_http_requests_total", help: "Requests answered.", labels: labels)
        if let made { counter.storeIfNil(made).increment(by: amount) }
    }
}
