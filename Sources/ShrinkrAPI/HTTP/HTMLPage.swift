import HTTPTypes
import Hummingbird
import ShrinkrWeb

/// A page of a few words as an answer: it loads the style sheet and the icon of this server, and nothing else.
struct HTMLPage {
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

    let title: String
    let paragraphs: [MessagePage.Part]

    func response(status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        Self.response(
            MessagePage(title: title, parts: paragraphs).bytes, status: status,
            hasForm: paragraphs.contains { $0.isForm }, headers: headers)
    }

    /// A page that everybody may see.
    static func response(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, hasForm: Bool = false, hasScript: Bool = false,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        // Browsers hold the redirect that answers a form against `form-action` as well (Chrome does, Firefox does not; the
        // standard leaves it open), so it has to name where links may lead.
        let forms = hasForm ? "'self' http: https:" : hasScript ? "'self'" : "'none'"
        headers[.contentSecurityPolicyField] =
            "\(policy); form-action \(forms)" + (hasScript ? "; script-src 'self'" : "")
        headers[.xRobotsTag] = "noindex"
        // Without any referrer a form would be sent with `Origin: null` (Fetch standard, section 3.2).
        headers[.referrerPolicy] = hasForm || hasScript ? "same-origin" : "no-referrer"
        return Response(status: status, type: "text/html; charset=utf-8", bytes: bytes, headers: headers)
    }
}
