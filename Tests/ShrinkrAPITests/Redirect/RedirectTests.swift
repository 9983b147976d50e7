import ShrinkrCore
import Testing

@testable import ShrinkrAPI

@Suite struct RedirectTests {
    @Test(arguments: [301, 302, 307, 308])
    func everyStatusIsAnswered(_ status: Int) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/a?b=c#d","code":"mine","redirect_status":\#(status)}"#)
            for method in ["GET", "HEAD"] {
                let answer = try await api.send(method, "/mine")
                #expect(answer.status == status)
                #expect(answer["location"] == "https://example.com/a?b=c#d")
                #expect(answer["cache-control"] == "private, no-store")
                #expect(answer["referrer-policy"] == "strict-origin-when-cross-origin")
                #expect(answer["x-robots-tag"] == "noindex")
                #expect(answer["content-length"] == "0")
                #expect(answer["x-request-id"] != nil)
                #expect(answer.body.isEmpty)
            }
        }
    }

    /// What is stored is what is sent, whatever it is made of.
    @Test(arguments: [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/ü?q=ä b", "https://example.com/%C3%BC?q=%C3%A4%20b"),
        ("https://example.com/%2F%2f", "https://example.com/%2F%2f"),
        ("http://example.com:8080/x", "http://example.com:8080/x"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.com/a/../b", "https://example.com/b"),
    ])
    func locationIsTheNormalisedDestination(_ url: String, _ location: String) async throws {
        try await withAPI { api in
            let code = try await api.create(#"{"url":"\#(url)"}"#)
            #expect(try await api.get("/\(code)")["location"] == location)
            #expect(try await api.get("/api/v1/links/\(code)").json["url"] == .string(location))
        }
    }

    @Test(arguments: [
        ("https://example.com/", "?a=b", "https://example.com/?a=b"),
        ("https://example.com/?x=y", "?a=b&a=c", "https://example.com/?x=y&a=b&a=c"),
        ("https://example.com/?x=y#frag", "?a=b", "https://example.com/?x=y&a=b#frag"),
        ("https://example.com/p#frag", "?a=b", "https://example.com/p?a=b#frag"),
        ("https://example.com/?", "?a=b", "https://example.com/?a=b"),
        ("https://example.com/?x=y", "", "https://example.com/?x=y"),
        ("https://example.com/?x=y", "?", "https://example.com/?x=y"),
        ("https://example.com/", "?a=%0d%0aSet-Cookie:x", "https://example.com/?a=%0d%0aSet-Cookie:x"),
        ("https://example.com/", "?a='<>\"", "https://example.com/?a=%27%3C%3E%22"),
        ("https://example.com/", "?a=?b", "https://example.com/?a=?b"),
    ])
    func queryIsForwardedWhereTheLinkSaysSo(_ url: String, _ query: String, _ location: String) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"\#(url)","code":"mine","forward_query":true}"#)
            #expect(try await api.get("/mine\(query)")["location"] == location)
        }
    }

    @Test func queryIsLeftBehindOtherwise() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/?x=y","code":"mine"}"#)
            #expect(try await api.get("/mine?a=b")["location"] == "https://example.com/?x=y")
        }
    }

    @Test func queryThatIsTooLongToForwardIsRefusedAndNotCounted() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","forward_query":true}"#)
            let answer = try await api.get("/mine?a=" + String(repeating: "b", count: 8_200))
            expectProblem(answer, 400, "malformed-request")
            #expect(api.recordedClicks == 0)
        }
    }

    @Test(arguments: ["/m%69ne", "/%6D%69%6E%65", "/mine?x=y", "/mine?"])
    func codeIsFoundHoweverItIsWritten(_ target: String) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            #expect(try await api.get(target).status == 302)
        }
    }

    @Test(arguments: [
        "/MINE", "/mine%2F", "/mine%00", "/%FF", "/mine%", "/mine%20", "/min", "/mine++", "/+", "/mine.html",
    ])
    func otherCodeIsNotFound(_ target: String) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            expectProblem(try await api.get(target), 404, "not-found")
            #expect(api.recordedClicks == 0)
        }
    }

    /// The cached link goes on working while the store does not answer.
    @Test func knownLinkNeedsNoStore() async throws {
        let isDown = Gate()
        let replace = { (dependencies: inout APIDependencies) in
            dependencies.links = ScriptedLinkStore(
                base: dependencies.links,
                beforeRead: { if isDown.arrivals > 0 { throw StoreOutage() } })
        }
        try await withAPI(replace: replace) { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            #expect(try await api.get("/mine").status == 302)
            isDown.open()
            await isDown.pass()
            #expect(try await api.get("/mine").status == 302)
            #expect(try await api.get("/unknown").status == 500)
        }
    }

    private struct StoreOutage: Error {}
}
