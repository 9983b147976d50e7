import ShrinkrBase
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

    /// What does not fit is left out; nobody's visit fails by it.
    @Test func queryThatIsTooLongToForwardIsCut() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","forward_query":true}"#)
            let long = "a=" + String(repeating: "b", count: 8_200)
            #expect(try await api.get("/mine?\(long)")["location"] == "https://example.com/")
            #expect(try await api.get("/mine?x=1&\(long)&y=2")["location"] == "https://example.com/?x=1&y=2")
            #expect(api.recordedClicks == 2)
        }
    }

    /// What is not ASCII is taken as UTF-8 that lacks its encoding, whatever it is.
    @Test func rawBytesAreEscaped() async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine","forward_query":true}"#)
            let connection = try await Connection.open(api.port)
            let host = "HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            for (target, location) in [
                ("/mine?q=é日😀", "https://example.com/?q=%C3%A9%E6%97%A5%F0%9F%98%80"),
                ("/mine”", "https://example.com/"),
                ("/mine…", "https://example.com/"), ("/mine）", "https://example.com/"),
            ] {
                // On one connection, after empty lines, in whatever pieces.
                try await connection.send("\r\nGET \(target) \(host)")
                #expect(try await connection.answer()["location"] == location, "\(target)")
                for part in ["GET \(target)", " HTTP/1.1\r\nX-Note: x", "\r\nHost: 127.0.0.1\r\n\r\n"] {
                    try await connection.send(part)
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(try await connection.answer()["location"] == location, "\(target)")
            }
            try await connection.send("GET /miné \(host)")
            #expect(try await connection.answer().status == 404)
            // A body is left as it is, also one that looks like a request line.
            let title = #"{"url":"https://example.com/","title":"é GET /é HTTP/1.1"}"#
            try await connection.send(api.requestText("POST", "/api/v1/links", title))
            #expect(try await connection.answer().json["title"] == .string("é GET /é HTTP/1.1"))
            await connection.close()
        }
    }

    @Test(arguments: [
        "/m%69ne", "/%6D%69%6E%65", "/mine?x=y", "/mine?", "/MINE", "/Mine", "/mine.", "/mine,", "/mine)", "/mine;",
        "/mine!",
        "/mine%20", "/mine%0A", "/mine%22", "/mine%3E", "/mine]", "/mine&utm=x", "/mine%E2%80%9D", "/mine%E2%80%A6",
        "/mine%E3%80%82", "/mine/", "//mine", "///mine", "//mine//", "//mine.", "/mine).",
    ])
    func codeIsFoundHoweverItIsWritten(_ target: String) async throws {
        try await withAPI { api in
            try await api.create(#"{"url":"https://example.com/","code":"mine"}"#)
            let answer = try await api.get(target)
            #expect((answer.status, answer["location"]) == (302, "https://example.com/"))
            #expect(try await api.send("HEAD", target).status == 302)
            #expect(try await api.clicks().map(\.code.text) == ["mine", "mine"])
            let preview = target.replacing("mine", with: "mine+", maxReplacements: 1)
            if target.contains("mine") { #expect(try await api.get(preview).text.contains("https://sho.rt/mine")) }
        }
    }

    @Test(arguments: [
        "/mine%2F", "/mine%00", "/%FF", "/mine%", "/min", "/mine++", "/+", "/mine.html", "/mine-", "/mine_", "/mine.x",
        "/.mine",
        "//", "//mine/x", "//mine//x", "/x//mine", "//example.com", "//example.com/mine", "//api", "//health",
        "//mine%2F",
        "//robots.txt", "/api.", "/api&x", "//API.",
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
