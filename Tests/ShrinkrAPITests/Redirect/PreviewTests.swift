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
                #expect(answer.text.contains("<h1>Where this short link leads</h1>"))
                #expect(answer.text.contains("Its owner&#39;s title for it: <q><bdi>My page</bdi></q>"))
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

    /// What cannot be seen cannot make a title look like words of ours, or a name like another.
    @Test func titleIsTheOwnersAndHasNothingHidden() async throws {
        try await withAPI { api in
            let hidden = "\u{202E}\u{2066}\u{200B}\u{AD}\u{FEFF}\u{2028}\u{E0041}\u{E000}"
            try await api.create(
                #"{"url":"https://example.com/","code":"mine","title":"\#(hidden)e\u0301 ש a\#(hidden)b"}"#)
            let text = try await api.get("/mine+").text
            #expect(text.contains("<q><bdi>\u{E9} ש ab</bdi></q>"))
            #expect(text.contains("<title>Where this short link leads</title>"))
        }
    }

    @Test func pageMayLoadAndRunNothing() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let answer = try await api.get("/mine+")
            let policy = try #require(answer["content-security-policy"])
            #expect(policy.contains("default-src 'none'"))
            #expect(!policy.contains("script-src") && !policy.contains("unsafe-inline"))
            #expect(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'none'"))
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
            try await api.create(#"{"url":"https://example.com/","code":"old","expires_at":"2026-03-10T12:00:01Z"}"#)
            api.clock.advance(by: .seconds(1))
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
