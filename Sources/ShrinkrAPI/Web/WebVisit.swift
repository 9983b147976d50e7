import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrStore
import ShrinkrWeb

/// One request of a page: whose it is, and how it is answered.
struct WebVisit: Sendable {
    /// A page may load what this server has, run its script, and send forms to it; nothing else, and nobody may frame it.
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    let cookie: WebCookie
    /// The key of who has signed in.
    let key: UntrustedText?
    /// Nil for a visitor without access.
    let caller: Caller?

    var viewer: Viewer? {
        caller.map { caller in
            Viewer(
                token: cookie.token, isSignedIn: key != nil, mayReadLinks: caller.may(.linksRead),
                mayWriteLinks: caller.may(.linksWrite), mayReadStats: caller.may(.statsRead),
                isAdmin: caller.may(.admin))
        }
    }

    /// The page as an answer. What it shows is its reader's alone, so nobody keeps it.
    func page(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, type: "text/html; charset=utf-8", bytes: bytes,
            headers: fields([.cacheControl: "no-store"]))
    }

    /// A file to save, or to show on a page.
    func file(_ bytes: [UInt8], type: String) -> Response {
        Response(status: .ok, type: type, bytes: bytes, headers: fields([.cacheControl: "no-store"]))
    }

    /// What follows a form: the browser asks for the path anew (RFC 9110, section 15.4.4).
    func seeOther(_ path: String) -> Response {
        Response(
            status: .seeOther,
            headers: fields([.location: path, .cacheControl: "no-store", .contentLength: "0"]))
    }

    private func fields(_ given: HTTPFields) -> HTTPFields {
        var fields = given
        fields[.contentSecurityPolicyField] = Self.policy
        fields[.xRobotsTag] = "noindex"
        // Without any referrer a form would be sent with `Origin: null` (Fetch standard, section 3.2).
        fields[.referrerPolicy] = "same-origin"
        fields[.crossOriginOpenerPolicy] = "same-origin"
        fields[.crossOriginResourcePolicy] = "same-origin"
        if !cookie.isKnown { fields[.setCookie] = cookie.field }
        return fields
    }
}
