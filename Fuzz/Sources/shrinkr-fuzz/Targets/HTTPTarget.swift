import HTTPTypes

@testable import ShrinkrAPI
@testable import ShrinkrBase
@testable import ShrinkrDestinations

/// A connection: HTTP as it comes from the socket, through the decoder, ``RequestGuard`` and the router, to the bytes of
/// the answers. Input: a digit that says in how large pieces the bytes come, and the bytes.
enum HTTPTarget {
    /// Bytes that arrive at once; all of them for the digit 0.
    private static let pieces = [Int.max, 1, 2, 3, 5, 8, 16, 64, 256, 1_024]
    private static let service = FuzzedAPI()

    static func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let connection = FuzzedConnection(service.router(), on: service)
        connection.receive(input.dropFirst(), in: pieces[Int(first % 10)])
        connection.end()
        judge(connection)
    }

    private static func judge(_ connection: FuzzedConnection) {
        var reader = ResponseReader(connection.output)
        var answers: [ResponseReader.Answer] = []
        for method in connection.methods {
            guard !reader.isAtEnd else { break }
            answers.append(reader.answer(to: method))
        }
        // What is refused before it is a request is answered as well.
        if !reader.isAtEnd { answers.append(reader.answer(to: nil)) }
        check(reader.isAtEnd, "nothing but answers is sent: \(String(decoding: connection.output, as: UTF8.self))")
        check(answers.count >= connection.responses, "every request is answered")
        for (index, answer) in answers.enumerated() {
            judge(answer)
            check(answer.fields["connection"] != "close" || index == answers.count - 1, "a closed connection is closed")
        }
        let redirects = answers.filter { (300..<400).contains($0.status) && $0.status != 304 }
        let clicks = service.takeClicks()
        check(clicks >= redirects.count, "every redirect is in the journal")
        // The redirect of a request that breaks off is recorded before it gives way to another answer.
        check(clicks == redirects.count || connection.isBroken, "no redirect is in the journal twice")
    }

    private static func judge(_ answer: ResponseReader.Answer) {
        check(answer.status < 500 || [501, 503, 505].contains(answer.status), "there is no internal error: \(answer)")
        check(answer.fields["x-request-id"]?.isEmpty == false, "every answer has an id: \(answer)")
        if let location = answer.fields["location"], answer.status != 201 {
            let url = try? DestinationURL.parse(location)
            check(url?.string == location, "'\(location)' is a destination in its one form")
        }
        guard !answer.body.isEmpty else { return }
        switch answer.fields["content-type"] {
        case "application/json", "application/problem+json":
            check((try? JSONParser.parse(answer.body)) != nil, "the body is JSON: \(answer)")
        case "text/html; charset=utf-8":
            let text = String(decoding: answer.body, as: UTF8.self).lowercased()
            check(!text.contains("<script") && !text.contains("<img"), "nothing gets into a page: \(answer)")
        case "application/yaml", "text/plain; charset=utf-8": break
        default: check(false, "the body has a known type: \(answer)")
        }
    }
}
