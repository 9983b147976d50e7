import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct CreateLinkTests {
    @Test func urlAloneIsEnough() async throws {
        try await withAPI { api in
            let answer = try await api.post("/api/v1/links", #"{"url":"https://example.com/a"}"#)
            #expect(answer.status == 201)
            let code = try #require(answer.json["code"]?.text)
            #expect(code.count == 7)
            #expect(answer["location"] == "/api/v1/links/\(code)")
            #expect(answer["etag"] == #""1""#)
            #expect(answer["content-type"] == "application/json")
            #expect(answer["cache-control"] == "no-store")
            #expect(
                answer.json == [
                    "code": .string(code), "short_url": .string("https://sho.rt/\(code)"),
                    "url": "https://example.com/a", "title": .null, "tags": [], "redirect_status": 302,
                    "forward_query": false, "enabled": true, "starts_at": .null, "expires_at": .null,
                    "max_visits": .null, "visits_left": .null, "created_at": "2026-03-10T12:00:00Z",
                    "updated_at": "2026-03-10T12:00:00Z",
                ])
        }
    }

    @Test func everyMemberIsKept() async throws {
        try await withAPI { api in
            let answer = try await api.post(
                "/api/v1/links",
                #"""
                {"url":"HTTPS://Example.COM:443/a b","code":"Summer_Sale-1","title":"Sömmer 🌞","tags":["b","a","b"],
                 "redirect_status":308,"forward_query":true,"enabled":false,"starts_at":"2026-08-01T02:00:00+02:00",
                 "expires_at":"2026-08-02T00:00:00.5Z","max_visits":9007199254740991,"reuse":false}
                """#)
            #expect(answer.status == 201)
            #expect(
                answer.json == [
                    "code": "Summer_Sale-1", "short_url": "https://sho.rt/Summer_Sale-1",
                    "url": "https://example.com/a%20b", "title": "Sömmer 🌞", "tags": ["a", "b"],
                    "redirect_status": 308, "forward_query": true, "enabled": false,
                    "starts_at": "2026-08-01T00:00:00Z", "expires_at": "2026-08-02T00:00:00.500Z",
                    "max_visits": 9_007_199_254_740_991, "visits_left": 9_007_199_254_740_991,
                    "created_at": "2026-03-10T12:00:00Z", "updated_at": "2026-03-10T12:00:00Z",
                ])
            #expect(try await api.get("/api/v1/links/Summer_Sale-1").json.withoutClicks == answer.json)
        }
    }

    @Test func nullIsTheSameAsAbsent() async throws {
        try await withAPI { api in
            let answer = try await api.post(
                "/api/v1/links",
                #"""
                {"url":"https://example.com/","code":null,"title":null,"tags":null,"redirect_status":null,
                 "forward_query":null,"enabled":null,"starts_at":null,"expires_at":null,"max_visits":null,"reuse":null}
                """#)
            #expect(answer.status == 201)
            #expect(answer.json["title"] == .null)
            #expect(answer.json["tags"] == [])
            #expect(answer.json["redirect_status"] == 302)
            #expect(answer.json["enabled"] == true)
        }
    }

    @Test(arguments: ["spring", "SPRING", "Spring"])
    func takenAliasIsRefusedInAnyCase(_ alias: String) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"spring"}"#)
            let answer = try await api.post(
                "/api/v1/links", #"{"url":"https://example.com/other","code":"\#(alias)"}"#)
            expectProblem(answer, 409, "alias-taken")
            #expect(try await api.get("/spring")["location"] == "https://example.com/")
        }
    }

    @Test func deletedAliasIsNeverIssuedAgain() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"once"}"#)
            #expect(try await api.send("DELETE", "/api/v1/links/once").status == 204)
            let answer = try await api.post("/api/v1/links", #"{"url":"https://example.com/","code":"Once"}"#)
            expectProblem(answer, 409, "alias-taken")
        }
    }

    /// Somebody may have asked for the code before it existed: the answer "no such link" must not stay in the cache.
    @Test func codeThatWasAskedForBeforeWorksAtOnce() async throws {
        try await withAPI { api in
            #expect(try await api.get("/early").status == 404)
            try await api.create(#"{"url":"https://example.com/","code":"early"}"#)
            #expect(try await api.get("/early").status == 302)
        }
    }

    @Test func contentTypeMayNameUTF8() async throws {
        try await withAPI { api in
            let types = ["application/json; charset=utf-8", #"Application/JSON;Charset="UTF-8""#]
            for type in types {
                let answer = try await api.post(
                    "/api/v1/links", #"{"url":"https://example.com/"}"#, fields: ["Content-Type": type])
                #expect(answer.status == 201, "\(type)")
            }
        }
    }
}
