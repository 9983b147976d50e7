import FoundationEssentials
import HTTPTypes
import Hummingbird
import ShrinkrBase

/// An answer in the form in which it is saved and sent again.
struct SavedAnswer: Codable, Sendable {
    let status: Int
    /// Field names and values in turn.
    let headers: [String]
    let body: String

    init(status: HTTPResponse.Status, headers: HTTPFields = [:], json: JSONValue) {
        self.status = status.code
        self.headers = headers.flatMap { [$0.name.rawName, $0.value] }
        self.body = String(decoding: json.bytes, as: UTF8.self)
    }

    init?(saved bytes: [UInt8]) {
        // text: written and sealed by this server.
        guard let answer = try? JSONDecoder().decode(SavedAnswer.self, from: Data(bytes)) else { return nil }
        self = answer
    }

    var bytes: [UInt8] { (try? JSONEncoder().encode(self)).map(Array.init) ?? [] }

    func response(isReplay: Bool) -> Response {
        var fields = HTTPFields()
        for index in stride(from: 0, to: headers.count - 1, by: 2) {
            if let name = HTTPField.Name(headers[index]) { fields[name] = headers[index + 1] }
        }
        if isReplay { fields[.idempotencyReplayed] = "true" }
        return Response(
            status: .init(code: status), type: "application/json", bytes: Array(body.utf8), headers: fields)
    }
}
