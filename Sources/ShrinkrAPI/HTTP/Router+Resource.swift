import HTTPTypes
import Hummingbird

/// What answers one method of one path.
typealias RequestHandler = @Sendable (Request, APIContext) async throws -> Response

extension Router<APIContext> {
    /// Adds everything that one path answers to. `GET` answers `HEAD` too, unless `HEAD` has a handler of its own; every
    /// other method that HTTP clients can send gets 405 with `Allow` (RFC 9110, section 15.5.6).
    ///
    /// - Parameter allowed: the value of `Allow`, where the paths that match answer to different methods.
    func resource(
        _ path: RouterPath, _ handlers: [HTTPRequest.Method: RequestHandler],
        allowed: (@Sendable (APIContext) -> String)? = nil
    ) {
        var handlers = handlers
        if let get = handlers[.get], handlers[.head] == nil {
            handlers[.head] = { request, context in try await get(request, context).withoutBody() }
        }
        // text: names of methods, from our routes.
        let allow = handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for (method, handler) in handlers { on(path, method: method, use: handler) }
        for method in HTTPRequest.Method.parsed where handlers[method] == nil {
            on(path, method: method) { _, context -> Response in
                throw Problem.methodNotAllowed(allow: allowed?(context) ?? allow)
            }
        }
    }
}

extension HTTPRequest.Method {
    /// The methods that the HTTP parser knows; it refuses all others itself.
    fileprivate static let parsed: [HTTPRequest.Method] =
        [
            .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
        ]
        + [
            "ACL", "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL",
            "MOVE", "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "QUERY", "REBIND", "REPORT", "SEARCH", "SOURCE",
            "SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
        ].compactMap { HTTPRequest.Method(rawValue: $0) }
}

extension Response {
    /// The answer to `HEAD`: the header that `GET` would have got (RFC 9110, section 9.3.2).
    func withoutBody() -> Response { createHeadResponse() }
}
