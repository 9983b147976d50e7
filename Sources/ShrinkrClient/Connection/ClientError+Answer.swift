import ShrinkrBase

extension ClientError {
    /// What an answer that is no success means for a person.
    ///
    /// - Parameter hasKey: whether the request carried a key.
    init(_ answer: APIAnswer, from server: ServerAddress, hasKey: Bool) {
        let detail = ProblemDocument(answer.document).sentence
        switch answer.status {
        case 300..<400:
            self.init(.failure, "\(server) answers with a redirect; name the address that it leads to with --server")
        case 401 where hasKey:
            self.init(.notAllowed, "\(server) does not know the key: it is unknown, expired or revoked")
        case 401:
            self.init(
                .notAllowed, "\(server) needs a key; store one with 'shrinkr login', or set \(ClientVariable.key)")
        case 403, 421:
            let isMissingScope = UntrustedText(answer.document["type"].text ?? "").equals(
                "urn:shrinkr:problem:forbidden")
            self.init(.notAllowed, detail ?? "\(server) does not allow this", isMissingScope: isMissingScope)
        case 404, 410: self.init(.notFound, detail ?? "\(server) knows no such thing")
        case 429:
            let wait = answer.retryAfter.map { "; try again in \($0) s" } ?? ""
            self.init(.failure, "\(server) has had too many requests\(wait)")
        case 400, 409, 412, 413, 415, 422: self.init(.refused, detail ?? "\(server) refuses this")
        default:
            let id = answer.document["request_id"].text.map { ", request \($0)" } ?? ""
            self.init(.failure, "\(server) answers with status \(answer.status)\(id): \(detail ?? "no reason given")")
        }
    }
}
