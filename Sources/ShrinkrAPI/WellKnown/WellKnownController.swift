import HTTPTypes
import Hummingbird
import ShrinkrBase
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

/// The contract that the server hands out: `openapi.yaml`, with this server's own address in it.
enum Contract {
    /// What the file says of servers, since it has to name one.
    private static let placeholder = """
          - url: http://127.0.0.1:8000
            description: A server started with its defaults.

        """

    /// - Parameter origin: Under which the server answers, without a slash at its end.
    static func document(origin: String) -> [UInt8] {
        let (file, placeholder) = (PackageResources.openapi_yaml, Array(Self.placeholder.utf8))
        guard let start = file.firstIndex(of: placeholder) else { return file }
        // An origin is ASCII without quotes (``DestinationURL``).
        let server = Array("  - url: \"\(origin)\"\n    description: This server.\n".utf8)
        return Array(file[..<start]) + server + file[(start + placeholder.count)...]
    }
}

extension [UInt8] {
    /// Where a run of bytes begins for the first time.
    fileprivate func firstIndex(of run: [UInt8]) -> Int? {
        guard let first = run.first else { return nil }
        return indices.first { self[$0] == first && self[$0...].starts(with: run) }
    }
}
