import NIOHTTP1

/// A whole answer of the admin server.
struct AdminResponse {
    var status: HTTPResponseStatus
    var contentType: String
    var body: [UInt8]
    /// The methods to name in `Allow`, for a 405.
    var allowedMethods: String?

    /// A problem by RFC 9457. Its type is `about:blank`: the status says it all (section 4.2.1).
    static func problem(_ status: HTTPResponseStatus, detail: String, allowedMethods: String? = nil) -> AdminResponse {
        var json = JSONText()
        json.openObject()
        json.key("type")
        json.string("about:blank")
        json.key("title")
        json.string(status.reasonPhrase)
        json.key("status")
        json.literal("\(status.code)")
        json.key("detail")
        json.string(detail)
        json.closeObject()
        return AdminResponse(
            status: status, contentType: "application/problem+json", body: json.bytes, allowedMethods: allowedMethods)
    }

    /// The head to send in front of the body.
    func head(keepAlive: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: contentType)
        headers.add(name: "Content-Length", value: "\(body.count)")
        headers.add(name: "Cache-Control", value: "no-store")
        headers.add(name: "X-Content-Type-Options", value: "nosniff")
        if let allowedMethods { headers.add(name: "Allow", value: allowedMethods) }
        // An HTTP/1.0 client that asked to keep the connection needs to be told (RFC 9112 section 9.3); others do not
        // mind.
        headers.add(name: "Connection", value: keepAlive ? "keep-alive" : "close")
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
