import HTTPTypes
import ShrinkrBase

/// Why a request got no success, in the terms of RFC 9457. Throw it; one place turns it into the answer.
struct Problem: Error, Sendable {
    /// The last part of the problem's type, `urn:shrinkr:problem:…`. Stable; clients may rely on it.
    let slug: String
    let title: String
    let status: HTTPResponse.Status
    /// What is wrong with this request, in a sentence.
    var detail: String
    var errors: FieldErrors
    /// Further members of the document.
    var members: [JSONValue.Member]
    /// Further fields of the answer's header.
    var headers: HTTPFields

    init(
        _ slug: String, title: String, status: HTTPResponse.Status, detail: String, errors: FieldErrors = .init(),
        members: [JSONValue.Member] = [], headers: HTTPFields = [:]
    ) {
        self.slug = slug
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
        self.members = members
        self.headers = headers
    }

    /// The problem document.
    func document(requestID: String?) -> JSONValue {
        var document: [JSONValue.Member] = [
            .init("type", .string("urn:shrinkr:problem:\(slug)")),
            .init("title", .string(title)),
            .init("status", .integer(status.code)),
            .init("detail", .string(detail)),
        ]
        document += members
        if !errors.isEmpty { document.append(.init("errors", .array(errors.named.map(\.json)))) }
        if let requestID { document.append(.init("request_id", .string(requestID))) }
        return .object(document)
    }
}
