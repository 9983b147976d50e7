import ShrinkrBase
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

@Suite struct TagTests {
    private func create(_ api: TestAPI, _ code: String, _ tags: String) async throws {
        try await api.create(#"{"url":"https://example.com/","code":"\#(code)","tags":[\#(tags)]}"#)
    }

    private func names(_ answer: Answer) -> [String] {
        (answer.json["data"]?.elements ?? []).compactMap { $0["name"]?.text }
    }

    @Test func pagesGoThroughAllTags() async throws {
        try await withAPI { api in
            try await create(api, "a", #""one","two","drei \u00fc""#)
            try await create(api, "b", #""two","a/b""#)
            var (seen, cursor): ([String], String?) = ([], nil)
            repeat {
                let answer = try await api.get("/api/v1/tags?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
                #expect(answer.status == 200 && answer["cache-control"] == "no-store")
                seen += names(answer)
                cursor = answer.json["next_cursor"]?.text
            } while cursor != nil
            #expect(seen == ["a/b", "drei ü", "one", "two"])
            let last = try await api.get("/api/v1/tags").json["data"]?[3]
            #expect(last == ["name": "two", "links": 2, "links_exact": true])
        }
    }

    @Test(arguments: ["limit=0", "limit=101", "cursor=x", "cursor=", "tag=a", "cursor=AA"])
    func queriesThatMeanNothingAreRefused(_ query: String) async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/tags?\(query)")
            #expect(answer.status == 422)
        }
    }

    @Test func aTagIsRenamedWhateverItIsMadeOf() async throws {
        try await withAPI { api in
            try await create(api, "a", #""a/b \u00fc?""#)
            // Followed, so that the link is in the cache.
            let before = try await api.get("/api/v1/links/a")
            let renamed = try await api.send(
                "PATCH", "/api/v1/tags/a%2Fb%20%C3%BC%3F", #"{"name":"new"}"#)
            #expect(renamed.status == 200)
            #expect(renamed.json == ["name": "new", "changed": 1, "complete": true])
            let link = try await api.get("/api/v1/links/a")
            #expect(link.json["tags"] == ["new"] && link["etag"] != before["etag"])
            #expect(names(try await api.get("/api/v1/tags")) == ["new"])
            // The name in another form is the same name.
            try await create(api, "b", #""\u00fc""#)
            let other = try await api.send("PATCH", "/api/v1/tags/u%CC%88", #"{"name":"u\u0308"}"#)
            #expect(other.json == ["name": "ü", "changed": 0, "complete": true])
        }
    }

    @Test func aTagIsTakenAway() async throws {
        try await withAPI { api in
            try await create(api, "a", #""x","y""#)
            let answer = try await api.send("DELETE", "/api/v1/tags/x")
            #expect(answer.status == 200 && answer.json == ["changed": 1, "complete": true])
            #expect(try await api.get("/api/v1/links/a").json["tags"] == ["y"])
            #expect(try await api.send("DELETE", "/api/v1/tags/x").status == 404)
        }
    }

    @Test(arguments: ["none", "%00", "%ff", String(repeating: "a", count: 51)])
    func tagsThatNoLinkHasAreNotFound(_ tag: String) async throws {
        try await withAPI { api in
            try await create(api, "a", #""x""#)
            #expect(try await api.send("DELETE", "/api/v1/tags/\(tag)").status == 404)
            #expect(try await api.send("PATCH", "/api/v1/tags/\(tag)", #"{"name":"y"}"#).status == 404)
        }
    }

    @Test(arguments: [#"{}"#, #"{"name":""}"#, #"{"name":1}"#, #"{"name":null}"#, #"{"name":"a","x":1}"#, "[]"])
    func namesThatAreNoneAreRefused(_ body: String) async throws {
        try await withAPI { api in
            try await create(api, "a", #""x""#)
            #expect([400, 422].contains(try await api.send("PATCH", "/api/v1/tags/x", body).status))
            #expect(try await api.get("/api/v1/links/a").json["tags"] == ["x"])
        }
    }

    @Test func oneRequestChangesABoundedNumber() async throws {
        try await withAPI { api in
            let count = TagController.maximumLinks + 5
            for start in stride(from: 0, to: count, by: 1_000) {
                let items = (start..<min(count, start + 1_000)).map { _ in
                    #"{"url":"https://example.com/","tags":["t"]}"#
                }
                let answer = try await api.send(
                    "POST", "/api/v1/links/batch", #"{"links":[\#(items.joined(separator: ","))]}"#)
                #expect(answer.status == 200)
            }
            let first = try await api.send("DELETE", "/api/v1/tags/t")
            #expect(first.json == ["changed": .integer(TagController.maximumLinks), "complete": false])
            let second = try await api.send("DELETE", "/api/v1/tags/t")
            #expect(second.json == ["changed": 5, "complete": true])
        }
    }

    @Test func listsTakeSeveralTagsAndOtherFilters() async throws {
        try await withAPI { api in
            try await create(api, "a", #""x""#)
            api.clock.advance(by: .seconds(60))
            let between = api.clock.now.rfc3339
            try await create(api, "b", #""x","y""#)
            _ = try await api.send("PATCH", "/api/v1/links/b", #"{"enabled":false}"#)
            func codes(_ query: String) async throws -> [String] {
                let answer = try await api.get("/api/v1/links?\(query)")
                return (answer.json["data"]?.elements ?? []).compactMap { $0["code"]?.text }
            }
            #expect(try await codes("tag=x") == ["b", "a"])
            #expect(try await codes("tag=x&tag=y") == ["b"])
            #expect(try await codes("enabled=true") == ["a"])
            #expect(try await codes("enabled=false") == ["b"])
            #expect(try await codes("created_from=\(between)") == ["b"])
            #expect(try await codes("created_before=\(between)") == ["a"])
            let first = try await api.get("/api/v1/links?limit=1&tag=x")
            let cursor = try #require(first.json["next_cursor"]?.text)
            #expect(try await codes("limit=1&tag=x&cursor=\(cursor)") == ["a"])
            for other in ["tag=x&tag=y", "tag=x&enabled=true", "tag=x&created_before=\(between)"] {
                #expect(try await api.get("/api/v1/links?limit=1&\(other)&cursor=\(cursor)").status == 422)
            }
            #expect(try await api.get("/api/v1/links?tag=a&tag=b&tag=c&tag=d&tag=e&tag=f").status == 422)
            #expect(try await api.get("/api/v1/links?tag=").status == 422)
        }
    }
}
