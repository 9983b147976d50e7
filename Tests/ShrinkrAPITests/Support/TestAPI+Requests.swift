import ClickJournal
import ShrinkrBase
import ShrinkrCore
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// Header fields in order; a name may come twice.
typealias Fields = KeyValuePairs<String, String>

extension TestAPI {
    /// The text of a request, with `Host`, and with `Content-Length` and a JSON `Content-Type` where there is a body,
    /// unless `fields` name them.
    func requestText(_ method: String, _ target: String, _ body: String? = nil, fields: Fields = [:]) -> String {
        var all = fields.map { ($0.key, $0.value) }
        func add(_ name: String, _ value: String) {
            if !all.contains(where: { $0.0.lowercased() == name.lowercased() }) { all.append((name, value)) }
        }
        add("Host", "127.0.0.1:\(port)")
        if let body {
            add("Content-Type", "application/json")
            add("Content-Length", "\(body.utf8.count)")
        }
        let lines = all.map { "\($0.0): \($0.1)\r\n" }.joined()
        return "\(method) \(target) HTTP/1.1\r\n\(lines)\r\n\(body ?? "")"
    }

    /// Makes one request on a connection of its own.
    func send(_ method: String, _ target: String, _ body: String? = nil, fields: Fields = [:]) async throws -> Answer {
        let connection = try await Connection.open(port)
        do {
            try await connection.send(requestText(method, target, body, fields: fields))
            let answer = try await connection.answer(toHead: method == "HEAD")
            await connection.close()
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }

    func get(_ target: String, fields: Fields = [:]) async throws -> Answer {
        try await send("GET", target, fields: fields)
    }

    func post(_ target: String, _ body: String, fields: Fields = [:]) async throws -> Answer {
        try await send("POST", target, body, fields: fields)
    }

    /// Creates a link and returns its code.
    @discardableResult
    func create(_ body: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let answer = try await post("/api/v1/links", body)
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.json["code"]?.text, sourceLocation: sourceLocation)
    }

    /// Puts an API key into the store and returns its text.
    func addKey(_ scopes: APIScope..., expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil) async throws -> String
    {
        let key = APIKey()
        let record = APIKeyRecord(
            id: key.id, name: "test", scopes: Set(scopes), secretHash: key.secretHash, createdAt: TestClock.start,
            expiresAt: expiresAt, revokedAt: revokedAt)
        try await store.insert(record, completing: nil)
        return key.text
    }

    /// Redirects that were answered with their click in the journal. Exact as soon as the answer is there.
    var recordedClicks: Int { Int(journal.status().recordedTotal) }

    /// Everything that was recorded, as it reaches the queue.
    func clicks() async throws -> [Click] {
        _ = journal.seal()
        try await eventually("the queue gets all clicks") { try queue.clicks().count == recordedClicks }
        return try queue.clicks().sorted { $0.time < $1.time }
    }

    /// The value of a metric without labels.
    func counter(_ name: String) throws -> UInt64 {
        try registry.counter(name, help: "").value
    }
}
