import NIOHTTP1
import ShrinkrBase

/// Decides what the admin server answers. `/livez` says that the process need not be started anew, `/readyz` whether it
/// wants traffic; a failing store must fail the second and not the first, or an orchestrator restarts a healthy process.
struct AdminRouter: Sendable {
    private static let methods = "GET, HEAD"

    let registry: MetricsRegistry
    let readiness: Readiness
    /// The hosts that may be asked for; any address may, because that is how scrapers and probes ask.
    var hosts = AllowedHosts(addresses: .any)

    func respond(method: HTTPMethod, target: String, host: String?) -> AdminResponse {
        guard hosts.allows(host ?? "", local: nil) else {
            return .problem(
                HTTPResponseStatus(statusCode: 421, reasonPhrase: "Misdirected Request"),
                detail: "This port answers to addresses, to names of its own machine, and to those that "
                    + "SHRINKR_ADMIN_HOSTS lists.")
        }
        let path = UntrustedText(target).cut(at: "?").before
        let (isMetrics, isAlive) = (path.equals("/metrics"), path.equals("/livez"))
        guard isMetrics || isAlive || path.equals("/readyz") else {
            return .problem(.notFound, detail: "There are /metrics, /livez and /readyz here.")
        }
        guard method == .GET || method == .HEAD else {
            return .problem(
                .methodNotAllowed, detail: "Only \(Self.methods) are answered here.", allowedMethods: Self.methods)
        }
        if isMetrics { return metrics() }
        return isAlive ? alive() : ready()
    }

    /// What is answered to something that is no request, or one beyond the limits.
    func refusal(_ status: HTTPResponseStatus) -> AdminResponse {
        switch status {
        case .payloadTooLarge: .problem(status, detail: "The request's body is too large.")
        case .requestHeaderFieldsTooLarge: .problem(status, detail: "The request's head is too large.")
        default: .problem(status, detail: "This is not a request in HTTP/1.1.")
        }
    }

    private func metrics() -> AdminResponse {
        AdminResponse(status: .ok, contentType: PrometheusText.contentType, body: registry.render())
    }

    private func alive() -> AdminResponse {
        guard let reason = readiness.restartReason() else { return json(.ok, Array(#"{"status":"alive"}"#.utf8)) }
        var text = JSONText()
        text.openObject()
        text.key("status")
        text.string("needs_restart")
        text.key("reason")
        text.string(reason)
        text.closeObject()
        return json(.serviceUnavailable, text.bytes)
    }

    private func ready() -> AdminResponse {
        let snapshot = readiness.snapshot
        return json(snapshot.isReady ? .ok : .serviceUnavailable, snapshot.json)
    }

    private func json(_ status: HTTPResponseStatus, _ body: [UInt8]) -> AdminResponse {
        AdminResponse(status: status, contentType: "application/json", body: body)
    }
}
