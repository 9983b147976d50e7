import HTTPTypes
import Hummingbird

/// A small page without scripts, images or anything else to load.
struct HTMLPage {
    enum Paragraph {
        case text(String)
        /// A link that shows where it goes.
        case link(String)
    }

    let title: String
    let paragraphs: [Paragraph]

    func response(status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentSecurityPolicyField] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        headers[.xRobotsTag] = "noindex"
        headers[.xContentTypeOptions] = "nosniff"
        headers[.referrerPolicy] = "no-referrer"
        return Response(status: status, type: "text/html; charset=utf-8", bytes: Array(html.utf8), headers: headers)
    }

    private var html: String {
        let body = paragraphs.map { paragraph in
            switch paragraph {
            case .text(let text): "<p>\(Self.escaped(text))</p>"
            case .link(let url):
                #"<p><a rel="noreferrer nofollow" href="\#(Self.escaped(url))">\#(Self.escaped(url))</a></p>"#
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
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
