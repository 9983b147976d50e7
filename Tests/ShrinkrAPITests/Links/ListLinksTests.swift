import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

@Suite struct ListLinksTests {
    private func create(_ api: TestAPI, _ codes: String...) async throws {
        for code in codes { try await api.create(#"{"url":"https://example.com/\#(code)","code":"\#(code)"}"#) }
    }

    private func codes(_ answer: Answer) -> [String] {
        (answer.json["data"]?.elements ?? []).compactMap { $0["code"]?.text }
    }

    @Test func newestComeFirst() async throws {
        try await withAPI { api in
            #expect(try await api.get("/api/v1/links").json == ["data": [], "next_cursor": .null])
            try await create(api, "one", "two", "three")
            let answer = try await api.get("/api/v1/links")
            #expect(answer.status == 200)
            #expect(answer["cache-control"] == "no-store")
            #expect(codes(answer) == ["three", "two", "one"])
            #expect(answer.json["next_cursor"] == .null)
            #expect(answer.json["data"]?[2] == (try await api.get("/api/v1/links/one").json))
            #expect(codes(try await api.get("/api/v1/links?order=newest")) == ["three", "two", "one"])
            #expect(codes(try await api.get("/api/v1/links?order=oldest")) == ["one", "two", "three"])
        }
    }

    @Test(arguments: ["newest", "oldest"])
    func pagesNeitherRepeatNorSkipWhileLinksAreAdded(_ order: String) async throws {
        try await withAPI { api in
            try await create(api, "a1", "a2", "a3", "a4", "a5")
            var (seen, cursor, page): ([String], String?, Int) = ([], nil, 0)
            repeat {
                let target = "/api/v1/links?limit=2&order=\(order)" + (cursor.map { "&cursor=\($0)" } ?? "")
                let answer = try await api.get(target)
                seen += codes(answer)
                cursor = answer.json["next_cursor"]?.text
                page += 1
                try await create(api, "b\(page)")
            } while cursor != nil && page < 10
            #expect(
                seen.filter { $0.hasPrefix("a") }
                    == (order == "newest" ? ["a5", "a4", "a3", "a2", "a1"] : ["a1", "a2", "a3", "a4", "a5"]))
            #expect(Set(seen).count == seen.count)
        }
    }

    @Test(arguments: ["clicks", "last_click"])
    func mostClicksComeFirst(_ order: String) async throws {
        try await withAPI { api in
            try await create(api, "a", "b", "c", "d", "e")
            let last = TimeBucket(containing: api.clock.now).index
            var counts: [ShortCode: LinkCounts] = [:]
            for (index, text) in ["d", "a", "b"].enumerated() {
                let bucket = TimeBucket(index: last - Int64(index))
                counts[try #require(ShortCode(text))] = LinkCounts(buckets: [bucket: Tally(people: 9 - index, bots: 1)])
            }
            let frame = CountedFrame(
                id: FrameID(journal: "a", number: 1), counts: counts, clicks: 27, countsBehind: { _ in [:] })
            _ = await api.store.add([frame], at: api.clock.now)
            var (seen, cursor): ([String], String?) = ([], nil)
            repeat {
                let target = "/api/v1/links?limit=2&order=\(order)" + (cursor.map { "&cursor=\($0)" } ?? "")
                let answer = try await api.get(target)
                seen += codes(answer)
                cursor = answer.json["next_cursor"]?.text
            } while cursor != nil && seen.count < 9
            #expect(seen == ["d", "a", "b", "e", "c"])
        }
    }

    @Test func defaultPageHasTwentyLinks() async throws {
        try await withAPI { api in
            for _ in 0..<21 { try await api.create(#"{"url":"https://example.com/"}"#) }
            let answer = try await api.get("/api/v1/links")
            #expect(codes(answer).count == 20)
            let cursor = try #require(answer.json["next_cursor"]?.text)
            #expect(codes(try await api.get("/api/v1/links?cursor=\(cursor)")).count == 1)
            #expect(codes(try await api.get("/api/v1/links?limit=100")).count == 21)
        }
    }

    @Test func textAndTagSelect() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/x","code":"Alpha","tags":["red","a b"]}"#)
            try await api.create(#"{"url":"https://example.com/alphabet","code":"second","title":"Other"}"#)
            try await api.create(#"{"url":"https://example.com/y","code":"third","title":"The ALPHA male"}"#)
            try await api.create(#"{"url":"https://example.com/z","code":"fourth","tags":["redder"]}"#)
            #expect(codes(try await api.get("/api/v1/links?q=alpha")) == ["third", "second", "Alpha"])
            #expect(codes(try await api.get("/api/v1/links?tag=red")) == ["Alpha"])
            #expect(codes(try await api.get("/api/v1/links?tag=a%20b&q=ALPHA")) == ["Alpha"])
            #expect(codes(try await api.get("/api/v1/links?tag=Red")) == [])
            // A space as forms and most libraries write it; a plus is then %2B.
            #expect(codes(try await api.get("/api/v1/links?tag=a+b")) == ["Alpha"])
            #expect(codes(try await api.get("/api/v1/links?q=the+alpha+male")) == ["third"])
            #expect(codes(try await api.get("/api/v1/links?q=the%2Balpha")) == [])
            #expect(codes(try await api.get("/api/v1/links?q=%25")) == [])
        }
    }

    @Test func cursorBelongsToItsFilters() async throws {
        try await withAPI { api in
            try await create(api, "a1", "a2", "a3")
            let cursor = try #require(try await api.get("/api/v1/links?limit=1&q=a").json["next_cursor"]?.text)
            #expect(codes(try await api.get("/api/v1/links?limit=1&q=a&cursor=\(cursor)")) == ["a2"])
            for other in ["q=b", "limit=1", "q=a&order=oldest", "q=a&tag=x"] {
                let answer = try await api.get("/api/v1/links?\(other)&cursor=\(cursor)")
                expectProblem(answer, 422, "validation")
                #expect(answer.complaints == ["?cursor invalid"], "\(other)")
            }
        }
    }

    @Test(arguments: [
        ("limit=0", ["?limit out_of_range"]), ("limit=101", ["?limit out_of_range"]),
        ("limit=ten", ["?limit out_of_range"]), ("limit=-1", ["?limit out_of_range"]),
        ("limit=", ["?limit out_of_range"]), ("limit=99999999999999999999", ["?limit out_of_range"]),
        ("order=up", ["?order invalid"]), ("cursor=abc", ["?cursor invalid"]),
        ("cursor=%00", ["?cursor invalid"]), ("cursor=%C3%A9", ["?cursor invalid"]),
        ("q=", ["?q too_short"]), ("q=\(String(repeating: "a", count: 201))", ["?q too_long"]),
        ("tag=\(String(repeating: "a", count: 51))", ["?tag too_long"]), ("q=%0A", ["?q control_character"]),
        ("page=2", ["?page unknown_parameter"]), ("limit=1&limit=2", ["?limit invalid"]),
        ("limit=0&order=x&page=1", ["?limit out_of_range", "?order invalid", "?page unknown_parameter"]),
    ])
    func wrongParametersAreNamed(_ query: String, _ complaints: [String]) async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/links?\(query)")
            expectProblem(answer, 422, "validation")
            #expect(answer.complaints == complaints)
        }
    }
}
