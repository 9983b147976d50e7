import HTTPTypes
import ShrinkrBase

/// What a browser is told about pages of other origins (CORS, Fetch standard, section 3.2). Credentials that a browser
/// sends by itself, such as cookies, are never asked for: a page has to show a key.
struct CrossOriginPolicy: Sendable {
    /// What pages may send.
    static let methods = "GET, HEAD, POST, PATCH, DELETE"
    static let requestFields =
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Api-Key, X-Request-Id"
    /// What pages may read of an answer, beyond what every page may.
    static let exposedFields =
        "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
    /// For how many seconds a browser need not ask again.
    static let maximumAge = "600"

    let origins: CrossOrigins

    /// The fields that the answer to a preflight gets; nil for any other request. A preflight of an origin that may
    /// nothing is answered like any other `OPTIONS`.
    func preflight(_ request: HTTPRequest) -> HTTPFields? {
        guard request.method == .options, applies(to: request), allowedOrigin(request) != nil,
            request.headerFields.text(.accessControlRequestMethod) != nil
        else { return nil }
        var fields: HTTPFields = [
            .accessControlAllowMethods: Self.methods, .accessControlAllowHeaders: Self.requestFields,
            .accessControlMaxAge: Self.maximumAge, .cacheControl: "no-store",
        ]
        fields.append(
            HTTPField(name: .vary, value: "Access-Control-Request-Method, Access-Control-Request-Headers"))
        return fields
    }

    /// Adds what the answer to a request tells its page. Errors tell it too: else the page could not read them.
    func mark(_ fields: inout HTTPFields, answering request: HTTPRequest) {
        guard applies(to: request) else { return }
        // A cache must not hand out to one origin what was said to another.
        if origins != .everybody { fields.append(HTTPField(name: .vary, value: "Origin")) }
        guard let origin = allowedOrigin(request) else { return }
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlExposeHeaders] = Self.exposedFields
    }

    /// Links are followed by browsers themselves; pages of other origins have no business there.
    private func applies(to request: HTTPRequest) -> Bool {
        guard origins != .nobody, let path = request.path?.utf8 else { return false }
        let plain = path.prefix { $0 != UInt8(ascii: "?") }
        return plain.starts(with: "/api/".utf8) || plain.elementsEqual("/openapi.yaml".utf8)
            || plain.elementsEqual("/health".utf8)
    }

    /// Whether pages of an origin may use the API.
    func allows(_ origin: UntrustedText) -> Bool {
        switch origins {
        case .nobody: false
        case .everybody: true
        case .listed(let listed): listed.contains(Array(origin.bytes))
        }
    }

    private func allowedOrigin(_ request: HTTPRequest) -> String? {
        guard let origin = request.headerFields.text(.origin), allows(origin) else { return nil }
        return origins == .everybody ? "*" : origin.string
    }
}
