import HTTPTypes
import Hummingbird

/// A small page without scripts, images or anything else to load.
struct HTMLPage {
    enum Paragraph {
        case text(String)
        /// A link that shows where it goes.
        case link(String)
        /// A label of ours, and somebody else's words for which it speaks: set apart, and in their own direction.
        case words(String, String)
        /// A button that sends an empty form by `POST` to a path of this server.
        case button(String, path: String)

        fileprivate var isForm: Bool {
            if case .button = self { true } else { false }
        }
    }

    private static let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    /// Browsers hold the redirect that answers a form against `form-action` as well (Chrome does, Firefox does not; the
    /// standard leaves it open), so it has to name where links may lead.
    private static let formPolicy = "\(policy); form-action 'self' http: https:"

    let title: String
    let paragraphs: [Paragraph]

    func response(status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        let hasForm = paragraphs.contains { $0.isForm }
        headers[.contentSecurityPolicyField] = hasForm ? Self.formPolicy : Self.policy
        headers[.xRobotsTag] = "noindex"
        // Without any referrer a form would be sent with `Origin: null` (Fetch standard, section 3.2).
        headers[.referrerPolicy] = hasForm ? "same-origin" : "no-referrer"
        return Response(status: status, type: "text/html; charset=utf-8", bytes: Array(html.utf8), headers: headers)
    }

    private var html: String {
        let body = paragraphs.map { paragraph in
            switch paragraph {
            case .text(let text): "<p>\(Self.escaped(text))</p>"
            case .button(let label, let path):
                #"<form method="post" action="\#(Self.escaped(path))"><button>\#(Self.escaped(label))</button></form>"#
            case .link(let url):
                #"<p><a rel="noreferrer nofollow" href="\#(Self.escaped(url))">\#(Self.escaped(url))</a></p>"#
            case .words(let label, let words):
                "<p>\(Self.escaped(label)) <q><bdi>\(Self.escaped(words))</bdi></q></p>"
            }
        }
        return """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(Self.escaped(title))</title>
            <style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;\
            overflow-wrap:anywhere}button{font:inherit;padding:.5rem 1.5rem}</style>
            <h1>\(Self.escaped(title))</h1>
            \(body.joined(separator: "\n"))
            </html>

            """
    }

    private static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
