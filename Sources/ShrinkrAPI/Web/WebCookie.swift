import Crypto
import HTTPTypes
import Hummingbird
import ShrinkrBase

/// The one cookie of the pages: it says who has signed in, or is just a random text. The token of every form is made from
/// it, so that a form of another site cannot have one.
struct WebCookie: Sendable {
    /// Random bytes of the cookie of somebody who has not signed in.
    private static let randomBytes = 16
    /// Most cookies of one request that are looked at: pages at other ports of a host send theirs along.
    private static let maximumCookies = 64

    /// A name that says that nobody but this very host, over TLS, can have set the cookie (RFC 6265bis, section 4.1.3.2).
    /// Over plain HTTP on this machine browsers take no such cookie; there the port tells servers apart.
    private let name: String
    private let isSecure: Bool
    let value: UntrustedText
    /// Whether the browser has it already.
    let isKnown: Bool

    /// The request's cookie, or a new random one where it has none.
    ///
    /// - Parameter isPublic: Whether the public origin has TLS.
    init(_ request: Request, _ context: APIContext, isPublic: Bool) {
        let host = HostName.read(UntrustedText(request.head.authority ?? ""))
        isSecure = isPublic || !(host.map(HostName.isLoopback) ?? false)
        name = isSecure ? "__Host-shrinkr" : "shrinkr-\(context.channel.localAddress?.port ?? 0)"
        if let known = Self.value(of: name, request) {
            (value, isKnown) = (known, true)
        } else {
            (value, isKnown) = (Self.random(), false)
        }
    }

    private init(name: String, isSecure: Bool, value: UntrustedText) {
        (self.name, self.isSecure, self.value, isKnown) = (name, isSecure, value, false)
    }

    /// The cookie with another value, which the browser has to be told.
    func with(_ value: String) -> WebCookie {
        WebCookie(name: name, isSecure: isSecure, value: UntrustedText(value))
    }

    /// A new one of somebody who has not signed in.
    var anonymous: WebCookie { WebCookie(name: name, isSecure: isSecure, value: Self.random()) }

    /// What a form sends to show that it is ours.
    var token: String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("shrinkr form 1".utf8), using: SymmetricKey(data: Array(value.bytes)))
        return Base64URL.text(of: code)
    }

    /// Whether a form sent the token. Takes the same time wherever the two differ.
    func accepts(_ token: UntrustedText?) -> Bool {
        guard isKnown, let token, let bytes = Base64URL.bytes(of: token) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            bytes, authenticating: Array("shrinkr form 1".utf8), using: SymmetricKey(data: Array(value.bytes)))
    }

    /// The field that makes the browser keep it.
    var field: String {
        let seconds = WebSessions.lifetime.components.seconds
        return "\(name)=\(value.string); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(seconds)"
            + (isSecure ? "; Secure" : "")
    }

    private static func random() -> UntrustedText {
        UntrustedText("0." + Base64URL.text(of: (0..<randomBytes).map { _ in UInt8.random(in: 0...255) }))
    }

    /// The value of the first cookie of that name (RFC 6265, section 5.4).
    private static func value(of name: String, _ request: Request) -> UntrustedText? {
        for line in request.headers.texts(.cookie) {
            var rest: UntrustedText? = line
            for _ in 0..<maximumCookies {
                guard let cookies = rest else { break }
                let (cookie, after) = cookies.cut(at: ";")
                let (found, value) = cookie.trimmed.cut(at: "=")
                if found.equals(name), let value, !value.isEmpty, value.count <= WebSessions.maximumLength {
                    return value
                }
                rest = after
            }
        }
        return nil
    }
}
