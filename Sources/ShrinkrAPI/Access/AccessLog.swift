import HTTPTypes
import Hummingbird
import Logging
import ShrinkrBase

/// One line for every answered request, where it is wanted, so that any request can be found by its id.
struct AccessLog: Sendable {
    private let logger: Logger
    private let clients: ClientResolver

    init(logger: Logger, clients: ClientResolver) {
        self.logger = logger
        self.clients = clients
    }

    /// - Parameters:
    ///   - duration: From the request's header to its answer's.
    ///   - caller: The name of who asked (``Caller/name``), where that was asked.
    func record(
        _ request: Request, peer: IPAddress?, _ response: Response, requestID: String, caller: String?,
        duration: Duration
    ) {
        // text: our own answer's field.
        let bytes = response.headers[.contentLength].flatMap { Int($0) } ?? 0
        record(
            request.head, status: response.status, bytes: bytes,
            requestID: requestID, address: clients.address(of: request, peer: peer), caller: caller, duration: duration)
    }

    /// A request that could not be read, as far as it was.
    func record(
        _ head: HTTPRequest?, status: HTTPResponse.Status, bytes: Int, requestID: String, address: IPAddress?,
        caller: String? = nil, duration: Duration? = nil
    ) {
        var metadata: Logger.Metadata = [
            "http.status": "\(status.code)", "http.bytes": "\(bytes)", "request.id": "\(requestID)",
        ]
        if let head {
            metadata["http.method"] = "\(head.method)"
            // Queries may hold what nobody should read, such as somebody's session.
            metadata["http.path"] = "\(Self.path(head.path ?? ""))"
        }
        if let duration { metadata["http.duration_us"] = "\(Int(duration / .microseconds(1)))" }
        if let caller { metadata["caller"] = "\(caller)" }
        if let address { metadata["client.address"] = "\(address.truncated)" }
        logger.info("Request answered", metadata: metadata)
    }

    private static func path(_ target: String) -> String {
        String(decoding: target.utf8.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }
}
