import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct ReadLinkTests {
    private static let link = #"{"url":"https://example.com/","code":"mine"}"#

    @Test func linkComesWithItsEntityTag() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let answer = try await api.get("/api/v1/links/mine")
            #expect(answer.status == 200)
            #expect(answer["etag"] == #""1""#)
            #expect(answer["location"] == nil)
            #expect(answer["cache-control"] == "no-store")
            #expect(answer.json["url"] == "https://example.com/")
        }
    }

    @Test(arguments: [#""1""#, #"W/"1""#, #""7", "1""#, #" "7" , W/"1" "#, "*", #"W/"1-gzip""#, #""1;gzip""#])
    func knownEntityTagGetsNothingAgain(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let answer = try await api.get("/api/v1/links/mine", fields: ["If-None-Match": tag])
            #expect(answer.status == 304)
            #expect(answer["etag"] == #""1""#)
            #expect(answer.body.isEmpty)
        }
    }

    @Test(arguments: [#""2""#, "1", #""11""#, "W/1", "", #""1-x""#])
    func otherEntityTagGetsTheLink(_ tag: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            #expect(try await api.get("/api/v1/links/mine", fields: ["If-None-Match": tag]).status == 200)
        }
    }

    @Test func headHasTheHeaderOfGet() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            let (get, head) = (
                try await api.get("/api/v1/links/mine"), try await api.send("HEAD", "/api/v1/links/mine")
            )
            #expect(head.status == 200)
            #expect(head["etag"] == get["etag"])
            #expect(head["content-type"] == get["content-type"])
            #expect(head["content-length"] == get["content-length"])
        }
    }

    @Test(arguments: ["nothing", "mine_", "%00", "a%2Fb", "caf%C3%A9", String(repeating: "a", count: 65)])
    func otherCodeIsNotFound(_ code: String) async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            expectProblem(try await api.get("/api/v1/links/\(code)"), 404, "not-found")
        }
    }

    @Test func codeMayBePercentEscaped() async throws {
        try await withAPI { api in
            try await api.create(Self.link)
            #expect(try await api.get("/api/v1/links/m%69ne").json["code"] == "mine")
        }
    }

    @Test func readingIsNotFollowing() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"few","max_visits":1}"#)
            #expect(try await api.get("/api/v1/links/few").json["visits_left"] == 1)
            #expect(try await api.get("/api/v1/links/few").json["visits_left"] == 1)
            #expect(api.recordedClicks == 0)
        }
    }
}
