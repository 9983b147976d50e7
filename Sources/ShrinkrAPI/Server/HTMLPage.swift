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
    }

    let title: String
    let paragraphs: [Paragraph]

    func response(status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentSecurityPolicyField] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        headers[.xRobotsTag] = "noindex"
        headers[.referrerPolicy] = "no-referrer"
        return Response(status: status, type: "text/html; charset=utf-8", bytes: Array(html.utf8), headers: headers)
    }

    private var html: String {
        let body = paragraphs.map { paragraph in
            switch paragraph {
            case .text(let text): "<p>\(Self.escaped(text))</p>"
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
            overflow-wrap:anywhere}</style>
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
