import HTTPTypes
import Hummingbird
import ShrinkrCore
import ShrinkrObservability

/// The paths that machines look for: `/health`, `/openapi.yaml`, `/robots.txt`.
struct WellKnownController: Sendable {
    let readiness: Readiness
    /// What `/openapi.yaml` says.
    let contract: [UInt8]

    func addRoutes(to router: Router<APIContext>) {
        router.resource("/health", [.get: health])
        router.resource("/openapi.yaml", [.get: openAPI])
        router.resource("/robots.txt", [.get: robots])
    }

    @Sendable private func health(_ request: Request, context: APIContext) async throws -> Response {
        guard readiness.isReady else {
            return Response(
                status: .serviceUnavailable, json: ["status": "unavailable"], headers: [.cacheControl: "no-store"])
        }
        return Response(
            status: .ok, json: ["status": readiness.isDegraded ? "degraded" : "ok"],
            headers: [.cacheControl: "no-store"])
    }

    @Sendable private func openAPI(_ request: Request, context: APIContext) async throws -> Response {
        // The media type is RFC 9512's.
        Response(status: .ok, type: "application/yaml", bytes: contract)
    }

    /// Redirects may be fetched: their `X-Robots-Tag: noindex` keeps them out of indexes only where it is seen, and chats show
    /// a card of the destination only where their programs may look.
    @Sendable private func robots(_ request: Request, context: APIContext) async throws -> Response {
        Response(status: .ok, type: "text/plain; charset=utf-8", bytes: Array("User-agent: *\nDisallow: /api/\n".utf8))
    }
}
