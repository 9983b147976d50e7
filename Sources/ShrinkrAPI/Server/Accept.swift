import HTTPTypes

/// What kind of answer a client would like (RFC 9110, section 12.5.1), as far as we have a choice.
struct Accept {
    private let ranges: [Substring]

    init(_ headers: HTTPFields) {
        ranges = (headers[.accept] ?? "").lowercased().split(separator: ",")
    }

    /// Whether the client names HTML, and names it before any kind of JSON, as browsers do.
    var prefersHTML: Bool {
        let html = ranges.firstIndex { $0.contains("text/html") }
        let json = ranges.firstIndex { $0.contains("json") }
        return html.map { html in json.map { html < $0 } ?? true } ?? false
    }
}
