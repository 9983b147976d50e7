import ShrinkrBase
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// Who may write and not read learns nothing that others have written.
@Suite struct WriterTests {
    private static let secret =
        #"{"url":"https://secret.example/","code":"mine","title":"hidden","tags":["quiet"],"max_visits":7}"#

    private func withWriter(_ test: (TestAPI, Fields) async throws -> Void) async throws {
        try await withAPI { api in
            try await api.create(Self.secret)
            try await test(api, ["X-Api-Key": try await api.addKey(.linksWrite)])
        }
    }

    private let minimal: JSONValue = ["code": "mine", "short_url": "https://sho.rt/mine"]

    @Test func changeShowsNothingOfTheLink() async throws {
        try await withWriter { api, writer in
            for body in ["{}", #"{"title":"new"}"#, #"{"url":null}"#, #"{"max_visits":1}"#] {
                let answer = try await api.send("PATCH", "/api/v1/links/mine", body, fields: writer)
                #expect(answer.status == 422 || answer.json == minimal, "\(body)")
                for text in ["secret", "hidden", "quiet"] { #expect(!answer.text.contains(text)) }
                if answer.status == 200 { #expect(answer["etag"] != nil) }
            }
            let stale = try await api.send(
                "PATCH", "/api/v1/links/mine", "{}", fields: [writer[0].key: writer[0].value, "If-Match": "\"99\""])
            expectProblem(stale, 412, "precondition-failed")
            #expect(!stale.text.contains("secret"))
        }
    }

    @Test func newLinkIsItsCode() async throws {
        try await withWriter { api, writer in
            let answer = try await api.post(
                "/api/v1/links", #"{"url":"https://example.com/","code":"own"}"#, fields: writer)
            #expect(answer.status == 201)
            #expect(answer.json == ["code": "own", "short_url": "https://sho.rt/own"])
            #expect(answer["location"] == "/api/v1/links/own")
            let taken = try await api.post(
                "/api/v1/links", #"{"url":"https://example.com/","code":"mine"}"#, fields: writer)
            expectProblem(taken, 409, "alias-taken")
            #expect(!taken.text.contains("secret"))
        }
    }

    /// Whether somebody has made such a link, and under which code, is theirs to read.
    @Test func reuseTellsNothingOfOthersLinks() async throws {
        try await withWriter { api, writer in
            let reader: Fields = ["X-Api-Key": try await api.addKey(.linksRead, .linksWrite)]
            let theirs = #"{"url":"https://example.com/","code":"theirs"}"#
            #expect(try await api.post("/api/v1/links", theirs, fields: reader).status == 201)
            let plain = #"{"url":"https://example.com/","reuse":true}"#
            for _ in 0..<2 {
                let answer = try await api.post("/api/v1/links", plain, fields: writer)
                #expect(answer.status == 201)
                #expect(answer.json["code"] != "theirs")
            }
            // With the right guess as with a wrong one.
            let guess = #"{"reuse":true,"# + Self.secret.dropFirst()
            expectProblem(try await api.post("/api/v1/links", guess, fields: writer), 409, "alias-taken")
            let batch = try await api.post("/api/v1/links/batch", #"{"links":[\#(guess),\#(plain)]}"#, fields: writer)
            #expect(batch.json["results"]?.elements.map { $0["status"]?.number } == [409, 201])
            #expect(!batch.text.contains("theirs"))
            let reused = try await api.post("/api/v1/links", plain, fields: reader)
            #expect(reused.status == 200)
            #expect(reused.json["code"] == "theirs")
        }
    }

    @Test func linkInABatchIsItsCode() async throws {
        try await withWriter { api, writer in
            let batch = try await api.post(
                "/api/v1/links/batch", #"{"links":[{"url":"https://example.com/","code":"own"}]}"#, fields: writer)
            #expect(
                batch.json == [
                    "results": [["status": 201, "link": ["code": "own", "short_url": "https://sho.rt/own"]]]
                ])
        }
    }

    @Test func replayShowsWhatTheFirstAnswerDid() async throws {
        try await withWriter { api, writer in
            let fields: Fields = [writer[0].key: writer[0].value, "Idempotency-Key": "once"]
            let answers = [
                try await api.post("/api/v1/links", #"{"url":"https://example.com/"}"#, fields: fields),
                try await api.post("/api/v1/links", #"{"url":"https://example.com/"}"#, fields: fields),
            ]
            #expect(answers[1]["idempotency-replayed"] == "true")
            #expect(answers[0].json.names == ["code", "short_url"])
            #expect(answers[1].json == answers[0].json)
        }
    }

    @Test func whoMayReadSeesAll() async throws {
        try await withWriter { api, _ in
            for scopes in [[APIScope.linksRead, .linksWrite], [.admin]] {
                let key = APIKey()
                try await api.store.insert(
                    APIKeyRecord(
                        id: key.id, name: "n", scopes: Set(scopes), secretHash: key.secretHash,
                        createdAt: TestClock.start, expiresAt: nil), completing: nil)
                let answer = try await api.send("PATCH", "/api/v1/links/mine", "{}", fields: ["X-Api-Key": key.text])
                #expect(answer.json["url"] == "https://secret.example/")
            }
        }
    }
}
