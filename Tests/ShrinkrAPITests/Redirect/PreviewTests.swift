import Testing

@testable import ShrinkrAPI

/// `/{code}+`: where a link goes, without going there.
@Suite struct PreviewTests {
    @Test func pageNamesTheDestinationAndIsNotCounted() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/a?b=c&d=e","code":"mine","title":"My page"}"#)
            for target in ["/mine+", "/mine%2B", "/mine%2b"] {
                let answer = try await api.get(target)
                #expect(answer.status == 200)
                #expect(answer["content-type"] == "text/html; charset=utf-8")
                #expect(answer["cache-control"] == "private, no-store")
                #expect(answer.text.contains("<h1>My page</h1>"))
                #expect(answer.text.contains(#"href="https://example.com/a?b=c&amp;d=e""#))
                #expect(answer.text.contains("https://sho.rt/mine"))
                #expect(answer.text.contains("2026-03-10"))
            }
            #expect(api.recordedClicks == 0)
        }
    }

    @Test func nothingOfALinkIsTakenForMarkup() async throws {
        try await withAPI { api in
            try await api.create(
                #"{"url":"https://example.com/?a='b'&c=d","code":"mine","title":"</title><script>alert(\"1\")</script>&amp;"}"#
            )
            let text = try await api.get("/mine+").text
            #expect(!text.contains("<script"))
            #expect(text.contains("&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;"))
            #expect(!text.contains("'b'"))
        }
    }

    @Test func pageMayLoadAndRunNothing() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let answer = try await api.get("/mine+")
            let policy = try #require(answer["content-security-policy"])
            #expect(policy == "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
            #expect(answer["x-content-type-options"] == "nosniff")
            #expect(answer["x-robots-tag"] == "noindex")
            #expect(answer["referrer-policy"] == "no-referrer")
            #expect(answer.text.contains(#"rel="noreferrer nofollow""#))
        }
    }

    @Test func headHasNoBody() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let (head, get) = (try await api.send("HEAD", "/mine+"), try await api.get("/mine+"))
            #expect(head.status == 200)
            #expect(head["content-length"] == get["content-length"])
        }
    }

    @Test func deadLinksHaveNoPreview() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"old","expires_at":"2026-01-01T00:00:00Z"}"#)
            expectProblem(try await api.get("/old+"), 410, "link-gone")
            expectProblem(try await api.get("/never+"), 404, "not-found")
        }
    }

    @Test func previewUsesNoVisitUp() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"once","max_visits":1}"#)
            #expect(try await api.get("/once+").status == 200)
            #expect(try await api.get("/once").status == 302)
        }
    }
}
