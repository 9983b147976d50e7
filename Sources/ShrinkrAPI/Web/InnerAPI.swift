import HTTPTypes
import Hummingbird
import NIOCore
import ShrinkrBase

/// The API as the pages use it: within the process, with the rules, limits and audit of every other client. A page can do
/// nothing that the API would refuse to the same key.
struct InnerAPI: Sendable {
    /// What the API has answered.
    struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let bytes: [UInt8]

        var json: JSONValue { (try? JSONParser.parse(bytes)) ?? .null }
    }

    /// Fields of the page's request that say nothing of what the page asks of the API.
    private static let left: [HTTPField.Name] = [
        .cookie, .contentType, .contentLength, .contentEncoding, .transferEncoding, .accept, .ifMatch, .ifNoneMatch,
        .idempotencyKey, .expect, .range,
    ]

    private let responder: RouterResponder<APIContext>

    /// - Parameter router: The API's operations, without what stands around them: the page's own request is counted,
    ///   logged and named already.
    init(_ router: Router<APIContext>) {
        responder = router.buildResponder()
    }

    /// - Parameters:
    ///   - key: The key of who has signed in; nil for somebody without one, who may be this machine's own user.
    ///   - version: An entity tag for `If-Match`.
    /// - Throws: ``Problem`` where the API does not do it.
    func call(
        _ method: HTTPRequest.Method, _ path: String, json: JSONValue? = nil, key: UntrustedText?,
        version: String? = nil, for request: Request, _ context: APIContext
    ) async throws -> Answer {
        let inner = Self.request(method, path, json: json, key: key, version: version, for: request)
        var innerContext = APIContext(
            source: ApplicationRequestContextSource(channel: context.channel, logger: context.logger))
        (innerContext.requestID, innerContext.trail) = (context.requestID, context.trail)
        let response = try await responder.respond(to: inner, context: innerContext)
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(status: response.status, headers: response.headers, bytes: collector.bytes)
    }

    /// The page's request as one for the API: from the same client, under the same host and from the same page.
    static func request(
        _ method: HTTPRequest.Method, _ path: String, json: JSONValue? = nil, key: UntrustedText?,
        version: String? = nil, for request: Request
    ) -> Request {
        var head = request.head
        (head.method, head.path) = (method, path)
        for name in left { head.headerFields[name] = nil }
        if let key {
            // What a proxy in front of us sends of its own is no key of ours.
            head.headerFields[.xAPIKey] = nil
            head.headerFields[.authorization] = "Bearer \(key.string)"
        }
        if let version { head.headerFields[.ifMatch] = version }
        let bytes = json?.bytes ?? []
        if json != nil {
            head.headerFields[.contentType] =
                method == .patch ? "application/merge-patch+json" : "application/json"
        }
        return Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
    }

    /// Takes a body, which is small: ``Response/init(status:type:bytes:headers:)`` has had it in memory.
    private final class Collector: ResponseBodyWriter {
        private(set) var bytes: [UInt8] = []

        func write(_ buffer: ByteBuffer) async throws { bytes += buffer.readableBytesView }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
