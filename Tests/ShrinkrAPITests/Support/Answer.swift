import ShrinkrBase
import Testing

/// An HTTP response as it came over the wire.
struct Answer {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    /// The value of a header field, its name in any case; nil where it is not there.
    subscript(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null where it is none.
    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

    /// What a validation problem complains of, such as `/url required` or `?limit out_of_range`, sorted.
    var complaints: [String] {
        (json["errors"]?.elements ?? []).map { error in
            let place = error["pointer"]?.text ?? error["parameter"].map { "?\($0.text ?? "")" } ?? "nowhere"
            return "\(place) \(error["code"]?.text ?? "no code")"
        }.sorted()
    }
}

extension Answer {
    struct Malformed: Error {
        let reason: String
    }

    /// Takes one response off the front of `bytes`; nil where it is not there in full.
    ///
    /// - Parameter isToHead: whether it answers HEAD, so that it has no body whatever its header says.
    static func take(from bytes: inout [UInt8], isToHead: Bool) throws -> Answer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Malformed(reason: "\(lines.first ?? "nothing") is no status line")
        }
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: parts.count < 2 ? "" : UntrustedText(parts[1]).trimmed.string)
        }
        let head = Answer(status: status, fields: fields, body: [])
        guard head["transfer-encoding"] == nil else { throw Malformed(reason: "every answer has a known length") }
        let hasBody = !isToHead && status != 204 && status != 304
        let length = hasBody ? Int(head["content-length"] ?? "0") ?? 0 : 0
        guard bytes.count >= end.upperBound + length else { return nil }
        let body = Array(bytes[end.upperBound..<(end.upperBound + length)])
        bytes.removeFirst(end.upperBound + length)
        return Answer(status: status, fields: fields, body: body)
    }
}

/// Checks that an answer is a problem document with everything that each of them has.
func expectProblem(
    _ answer: Answer, _ status: Int, _ slug: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == status, sourceLocation: sourceLocation)
    #expect(answer["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
    #expect(answer.json["type"] == .string("urn:shrinkr:problem:\(slug)"), sourceLocation: sourceLocation)
    #expect(answer.json["status"] == .integer(status), sourceLocation: sourceLocation)
    #expect(answer.json["title"]?.text?.isEmpty == false, sourceLocation: sourceLocation)
    #expect(answer.json["detail"]?.text?.isEmpty == false, sourceLocation: sourceLocation)
    #expect(answer["x-request-id"]?.isEmpty == false, sourceLocation: sourceLocation)
    #expect(answer.json["request_id"]?.text == answer["x-request-id"], sourceLocation: sourceLocation)
}

extension JSONValue {
    /// A link that was read, as an answer to a change of it is.
    var withoutClicks: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !$0.name.equals("clicks") && !$0.name.equals("last_clicked_at") })
    }
}
