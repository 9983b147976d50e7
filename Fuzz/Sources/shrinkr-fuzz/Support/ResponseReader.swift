import HTTPTypes

/// Reads what a server has sent as a strict client would: any deviation from HTTP/1.1 ends the process.
struct ResponseReader {
    /// One answer; names of fields are in lower case.
    struct Answer: CustomStringConvertible {
        let status: Int
        let fields: [String: String]
        let body: [UInt8]

        var description: String { "\(status) \(fields) \(String(decoding: body, as: UTF8.self))" }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// - Parameter method: Nil where the request never came to be known; its method then follows from there being a body.
    mutating func answer(to method: HTTPRequest.Method?) -> Answer {
        var (status, fields) = head()
        while status == 100 {
            check(fields.isEmpty, "'100 Continue' says nothing more")
            (status, fields) = head()
        }
        let hasBody = method != .head && status != 204 && status != 304 && (method != nil || !isAtEnd)
        check(fields["transfer-encoding"] == nil, "the length of the body is known: \(fields)")
        let length = fields["content-length"].map { require(Int($0), "'\($0)' is a length") }
        check(!hasBody || length != nil, "an answer with a body has a length: \(status) \(fields)")
        return Answer(status: status, fields: fields, body: take(hasBody ? length ?? 0 : 0))
    }

    private mutating func head() -> (status: Int, fields: [String: String]) {
        let start = line()
        let words = start.split(separator: " ", maxSplits: 2)
        check(words.count >= 2 && words[0] == "HTTP/1.1", "'\(start)' is a status line")
        let status = require(words.count > 1 ? Int(words[1]) : nil, "'\(start)' has a status")
        var fields: [String: String] = [:]
        while case let field = line(), !field.isEmpty {
            let colon = require(field.firstIndex(of: ":"), "'\(field)' is a field")
            let name = field[..<colon].lowercased()
            check(HTTPField.Name(name) != nil, "'\(name)' is a name")
            check(fields[name] == nil, "'\(name)' is there once")
            fields[name] = String(field[colon...].dropFirst(2))
        }
        return (status, fields)
    }

    private mutating func line() -> String {
        let line = rest.prefix { $0 != UInt8(ascii: "\r") }
        rest = rest[line.endIndex...]
        check(take(2) == Array("\r\n".utf8), "a line ends with CR LF")
        check(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "there are no control characters in a line")
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        check(rest.count >= count, "an answer is whole")
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}
