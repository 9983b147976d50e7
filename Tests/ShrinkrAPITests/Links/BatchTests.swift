import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct BatchTests {
    private func batch(_ api: TestAPI, _ items: String...) async throws -> Answer {
        try await api.post("/api/v1/links/batch", #"{"links":[\#(items.joined(separator: ","))]}"#)
    }

    @Test func resultsComeInOrderAndFailuresStayAlone() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"taken"}"#)
            let answer = try await batch(
                api, #"{"url":"https://example.com/1","code":"one"}"#, #"{"url":"nonsense","max_visits":0}"#,
                #"{"url":"https://example.com/3","code":"TAKEN"}"#, "5", #"{"url":"https://example.com/5"}"#,
                #"{"url":"https://example.com/6","code":"ONE"}"#)
            #expect(answer.status == 200)
            let results = try #require(answer.json["results"]?.elements)
            #expect(results.map { $0["status"]?.number } == [201, 422, 409, 422, 201, 409])
            #expect(results[0]["link"] == (try await api.get("/api/v1/links/one").json.withoutClicks))
            #expect(results[1]["problem"]?["type"] == "urn:shrinkr:problem:validation")
            let pointers = (results[1]["problem"]?["errors"]?.elements ?? []).map { $0["pointer"]?.text }
            #expect(Set(pointers) == ["/url", "/max_visits"])
            #expect(results[2]["problem"]?["type"] == "urn:shrinkr:problem:alias-taken")
            #expect(results[3]["problem"]?["errors"]?[0]?["code"] == "wrong_type")
            #expect(results[4]["link"]?["url"] == "https://example.com/5")
            #expect(results[5]["problem"]?["status"] == 409)
            for result in results { #expect((result["link"] == nil) != (result["problem"] == nil)) }
        }
    }

    @Test func reuseWorksWithinABatch() async throws {
        try await withAPI { api in
            let answer = try await batch(
                api, #"{"url":"https://example.com/","reuse":true}"#, #"{"url":"https://example.com/","reuse":true}"#)
            let results = try #require(answer.json["results"]?.elements)
            #expect(results.map { $0["status"]?.number } == [201, 200])
            #expect(results[0]["link"] == results[1]["link"])
        }
    }

    @Test func thousandLinksFit() async throws {
        let item = #"{"url":"https://example.com/"}"#
        try await withAPI { api in
            let full = Array(repeating: item, count: 1_000).joined(separator: ",")
            let answer = try await api.post("/api/v1/links/batch", #"{"links":[\#(full)]}"#)
            #expect(answer.status == 200)
            let codes = (answer.json["results"]?.elements ?? []).compactMap { $0["link"]?["code"]?.text }
            #expect(Set(codes).count == 1_000)
            let tooMany = try await api.post("/api/v1/links/batch", #"{"links":[\#(full),\#(item)]}"#)
            expectProblem(tooMany, 422, "validation")
            #expect(tooMany.complaints == ["/links out_of_range"])
        }
    }

    @Test(arguments: [
        ("{}", ["/links required"]), (#"{"links":null}"#, ["/links required"]),
        (#"{"links":[]}"#, ["/links out_of_range"]), (#"{"links":{}}"#, ["/links wrong_type"]),
        (#"{"links":[{"url":"https://example.com/"}],"more":1}"#, ["/more unknown_member"]),
        (#"{"more":1}"#, ["/links required", "/more unknown_member"]),
        (#"{"links":[{"url":"https://example.com/"}],"links":[{"url":"https://example.com/"}]}"#, ["/links invalid"]),
    ])
    func wrongBatchIsRefusedAsAWhole(_ body: String, _ complaints: [String]) async throws {
        try await withAPI { api in
            let answer = try await api.post("/api/v1/links/batch", body)
            expectProblem(answer, 422, "validation")
            #expect(answer.complaints == complaints)
            #expect(try await api.get("/api/v1/links").json["data"] == [])
        }
    }

    /// However many mistakes there are, the answer is not many times the request.
    @Test func answerNamesTheFirstMistakes() async throws {
        try await withAPI { api in
            let members = (0..<5_000).map { #""m\#($0)":1"# }.joined(separator: ",")
            let single = try await api.post("/api/v1/links", "{\(members)}")
            expectProblem(single, 422, "validation")
            #expect(single.json["errors"]?.elements.count == 20)
            #expect(single.json["detail"] == "5001 values are not accepted; see 'errors' for the first 20.")
            let long = String(repeating: "x", count: 30_000)
            let echoed = try await api.post("/api/v1/links", #"{"url":"https://example.com/","\#(long)":1}"#)
            #expect(echoed.json["errors"]?[0]?["pointer"]?.text == "/\(long.prefix(64))…")
            #expect(echoed.body.count < 600)
            let parameter = try await api.get("/api/v1/links?\(long.prefix(8_000))=1")
            #expect(parameter.json["errors"]?[0]?["parameter"]?.text == "\(long.prefix(64))…")
            let twenty = (0..<20).map { #""\#($0)":1"# }.joined(separator: ",")
            let items = Array(repeating: "{\(twenty)}", count: 1_000).joined(separator: ",")
            let answer = try await api.post("/api/v1/links/batch", #"{"links":[\#(items)]}"#)
            let results = try #require(answer.json["results"]?.elements)
            let named = results.map { $0["problem"]?["errors"]?.elements.count ?? 0 }
            #expect(named.reduce(0, +) <= 2_000 && named.allSatisfy { $0 >= 1 })
            #expect(results[999]["problem"]?["detail"] == "21 values are not accepted; see 'errors' for the first 1.")
            #expect(answer.body.count < 4 * items.utf8.count)
        }
    }

    @Test func batchHasItsOwnSizeLimit() async throws {
        try await withAPI(configure: { $0.limits.batchBodyBytes = 100_000 }) { api in
            let link = #"{"url":"https://example.com/"}"#
            let padding = String(repeating: " ", count: 80_000)
            #expect(try await batch(api, link + padding).status == 200)
            expectProblem(try await batch(api, link + padding + padding), 413, "payload-too-large")
            expectProblem(try await api.post("/api/v1/links", link + padding), 413, "payload-too-large")
        }
    }
}
