import ShrinkrBase
import ShrinkrDestinations
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

private let html = "text/html"

/// A browser that keeps the one cookie of the pages.
private final class Browser {
    let api: TestAPI
    var cookie: String?

    init(_ api: TestAPI) {
        self.api = api
    }

    func get(_ path: String, site: String = "none") async throws -> Answer {
        keep(try await api.send("GET", path, fields: fields(site)))
    }

    /// Sends a form, with the token of the page at `page` unless one is given.
    func post(
        _ path: String, _ form: String, from page: String = "/", token: String? = nil, site: String = "same-origin",
        origin: String = TestAPI.origin
    ) async throws -> Answer {
        var sent = token
        if sent == nil { sent = Self.token(in: try await get(page)) }
        let given = fields(site).map { ($0.key, $0.value) }
        let all = given + [("Origin", origin), ("Content-Type", "application/x-www-form-urlencoded")]
        let body = "token=\(sent ?? "")&\(form)"
        let head = all.map { "\($0.0): \($0.1)\r\n" }.joined()
        let connection = try await Connection.open(api.port)
        try await connection.send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(api.port)\r\n\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        let answer = try await connection.answer(toHead: false)
        await connection.close()
        return keep(answer)
    }

    private func fields(_ site: String) -> Fields {
        guard let cookie else { return ["Accept": html, "Sec-Fetch-Site": site] }
        return ["Accept": html, "Sec-Fetch-Site": site, "Cookie": cookie]
    }

    private func keep(_ answer: Answer) -> Answer {
        if let set = answer["set-cookie"] { cookie = String(set.prefix { $0 != ";" }) }
        return answer
    }

    static func token(in answer: Answer) -> String? {
        let mark = #"name="token" value=""#
        guard let start = answer.text.range(of: mark)?.upperBound else { return nil }
        return String(answer.text[start...].prefix { $0 != "\"" })
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}

@Suite("The pages") struct WebTests {
    @Test("are there without a key on this machine, and make links by form")
    func loopback() async throws {
        try await withAPI(configure: { $0.baseURL = try! DestinationURL.parse("http://127.0.0.1:8000") }) { api in
            let browser = Browser(api)
            let made = try await browser.post(
                "/admin/links", "url=https%3A%2F%2Fexample.com%2F&code=mine&tags=a%2C+b",
                origin: "http://127.0.0.1:\(api.port)")
            #expect(made.status == 303)
            #expect(made["location"] == "/?made=mine")
            let link = try await api.get("/api/v1/links/mine")
            #expect(link.json["tags"] == ["a", "b"])
            let page = try await browser.get("/admin/links/mine")
            #expect(page.status == 200)
            #expect(page.text.contains("https://example.com/"))
        }
    }

    @Test("leave what nobody has changed as it is: tags with commas, titles with invisible characters")
    func unchanged() async throws {
        try await withAPI(configure: { $0.baseURL = try! DestinationURL.parse("http://127.0.0.1:8000") }) { api in
            let browser = Browser(api)
            try await api.create(
                #"{"url":"https://example.com/","code":"mine","tags":["a,b"],"title":"x\u200dy\u202ez"}"#)
            let before = try await api.get("/api/v1/links/mine").json
            let shown = "title=xyz&title_shown=xyz&tags=a%2Cb&tags_shown=a%2Cb&redirect_status=302"
            let page = "/admin/links/mine"
            let saved = try await browser.post(
                page, "url=https%3A%2F%2Fexample.com%2F2&\(shown)", from: page, origin: "http://127.0.0.1:\(api.port)")
            #expect(saved.status == 303)
            let after = try await api.get("/api/v1/links/mine").json
            #expect(after["url"] == "https://example.com/2")
            #expect(after["tags"] == ["a,b"] && after["title"] == before["title"])
            let other = shown.replacing("tags=a%2Cb", with: "tags=c")
            _ = try await browser.post(
                page, "url=https%3A%2F%2Fexample.com%2F2&\(other)", from: page, origin: "http://127.0.0.1:\(api.port)")
            #expect(try await api.get("/api/v1/links/mine").json["tags"] == ["c"])
        }
    }

    @Test("answer what is wrong beside its field, and keep what was typed")
    func mistakes() async throws {
        try await withAPI { api in
            let browser = Browser(api)
            let answer = try await browser.post("/admin/links", "url=nonsense&code=a%20b&title=kept")
            #expect(answer.status == 422)
            #expect(answer.text.contains(#"id="url-error""#))
            #expect(answer.text.contains(#"id="code-error""#))
            #expect(answer.text.contains(#"value="kept""#))
        }
    }

    @Test("take no form without its token, or from another site")
    func forgery() async throws {
        try await withAPI { api in
            let browser = Browser(api)
            let token = try #require(Browser.token(in: try await browser.get("/")))
            let form = "url=https%3A%2F%2Fexample.com%2F"
            #expect(try await browser.post("/admin/links", form, token: "").status == 403)
            #expect(
                try await browser.post(
                    "/admin/links", form, token: (token.hasPrefix("A") ? "B" : "A") + token.dropFirst()
                ).status == 403)
            #expect(try await browser.post("/admin/links", form, token: token, site: "cross-site").status == 403)
            #expect(try await browser.post("/admin/links", form, token: token, site: "same-site").status == 403)
            #expect(
                try await browser.post("/admin/links", form, token: token, origin: "https://evil.example").status == 403
            )
            // Another browser's token is nothing here.
            let other = Browser(api)
            _ = try await other.get("/")
            #expect(try await other.post("/admin/links", form, token: token).status == 403)
            #expect(try await api.get("/api/v1/links").json["data"] == [])
            #expect(try await browser.post("/admin/links", form, token: token).status == 303)
        }
    }

    @Test("let nobody in without a key once there is one, and tell visitors nothing")
    func visitors() async throws {
        try await withAPI { api in
            _ = try await api.addKey(.admin)
            let browser = Browser(api)
            let landing = try await browser.get("/")
            #expect(landing.status == 200)
            #expect(landing.text.contains("/admin/sign-in"))
            #expect(landing["set-cookie"] == nil)
            for path in ["/admin/stats", "/admin/keys", "/admin/links/x"] {
                let answer = try await browser.get(path)
                #expect(answer.status == 303, "\(path)")
                #expect(answer["location"] == "/admin/sign-in")
            }
            #expect(try await browser.get("/admin/links.csv").status == 401)
            // A program is told what it was always told.
            expectProblem(try await api.get("/"), 404, "not-found")
        }
    }

    @Test("sign in with a key, for as long as the key is good")
    func session() async throws {
        try await withAPI { api in
            let key = try await api.addKey(.admin)
            let browser = Browser(api)
            let wrong = try await browser.post(
                "/admin/sign-in", "key=\(key.dropLast())\(key.hasSuffix("0") ? 1 : 0)", from: "/admin/sign-in")
            #expect(wrong.status == 401)
            let answer = try await browser.post("/admin/sign-in", "key=\(key)", from: "/admin/sign-in")
            #expect(answer.status == 303)
            let field = try #require(answer["set-cookie"])
            #expect(field.hasPrefix("__Host-shrinkr="))
            for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Secure", "Max-Age=604800"] {
                #expect(field.contains(part), "\(part)")
            }
            // Neither the key nor a part of it is in the cookie.
            #expect(!field.contains(key.suffix(16)))
            #expect(try await browser.get("/").text.contains("Sign out"))

            let signedIn = browser.cookie
            // The API takes a key in a field of its own, never a cookie.
            #expect(try await api.get("/api/v1/links", fields: ["Cookie": signedIn ?? ""]).status == 401)

            _ = await api.store.revokeAPIKey(String(key.split(separator: "_")[1]), at: api.clock.now)
            #expect(try await browser.get("/").text.contains("Sign out") == false)
        }
    }

    @Test("end a session after its time, and at once where somebody signs out")
    func endOfSession() async throws {
        try await withAPI { api in
            let key = try await api.addKey(.admin)
            let browser = Browser(api)
            _ = try await browser.post("/admin/sign-in", "key=\(key)", from: "/admin/sign-in")
            let signedIn = browser.cookie
            #expect(try await browser.post("/admin/sign-out", "").status == 303)
            #expect(try await browser.get("/").text.contains("Sign out") == false)
            browser.cookie = signedIn
            api.clock.advance(by: WebSessions.lifetime - .seconds(1))
            #expect(try await browser.get("/").text.contains("Sign out"))
            api.clock.advance(by: .seconds(1))
            #expect(try await browser.get("/").text.contains("Sign out") == false)
        }
    }

    @Test("take no cookie that was changed")
    func changedCookie() async throws {
        let sessions = WebSessions(keys: MemoryStore(), bootstrapKey: "a key of the configuration")
        let now = Timestamp(milliseconds: 1_000)
        let key = UntrustedText("a key of the configuration")
        let cookie = try sessions.seal(key, at: now)
        #expect(try await sessions.open(UntrustedText(cookie), at: now) == key)
        let bytes = Array(cookie.utf8)
        for place in bytes.indices {
            var changed = bytes
            changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let opened = try await sessions.open(UntrustedText(bytes: changed), at: now)
            // The last character of base64url has bits that mean nothing.
            #expect(opened == nil || place == bytes.count - 1, "byte \(place)")
        }
        // Another server's secret opens nothing.
        let other = WebSessions(keys: MemoryStore(), bootstrapKey: "another key of another server")
        #expect(try await other.open(UntrustedText(cookie), at: now) == nil)
    }

    @Test("show a key only what its scopes allow")
    func scopes() async throws {
        try await withAPI { api in
            let writer = try await api.addKey(.linksWrite)
            let browser = Browser(api)
            _ = try await browser.post("/admin/sign-in", "key=\(writer)", from: "/admin/sign-in")
            let page = try await browser.get("/")
            #expect(page.text.contains("Shorten"))
            #expect(!page.text.contains("Search links"))
            #expect(!page.text.contains("/admin/keys"))
            #expect(try await browser.get("/admin/keys").status == 403)
            #expect(try await browser.get("/admin/stats").status == 403)
            let made = try await browser.post("/admin/links", "url=https%3A%2F%2Fexample.com%2F")
            #expect(made.status == 303)
        }
    }

    @Test("may load nothing from elsewhere, and be framed by nobody")
    func policy() async throws {
        try await withAPI { api in
            let page = try await api.get("/", fields: ["Accept": html])
            let policy = try #require(page["content-security-policy"])
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(page["cache-control"] == "no-store")
            #expect(page["referrer-policy"] == "same-origin")
        }
    }

    @Test("are not there where they are switched off, or under another host")
    func absence() async throws {
        try await withAPI(configure: { $0.web = false }) { api in
            for path in ["/", "/docs", "/admin/sign-in"] {
                let answer = try await api.get(path, fields: ["Accept": html])
                #expect(answer.status == 404, "\(path)")
            }
        }
        try await withAPI { api in
            let fields: Fields = ["Accept": html, "Host": "evil.example"]
            #expect(try await api.get("/admin/sign-in", fields: fields).status == 421)
            let landing = try await api.get("/", fields: fields)
            #expect(landing.status == 200)
            #expect(!landing.text.contains("sign-in"))
        }
    }

    @Test("send browsers elsewhere that find nothing, and programs nowhere")
    func elsewhere() async throws {
        try await withAPI(configure: {
            $0.rootURL = try! DestinationURL.parse("https://example.com/")
            $0.notFoundURL = try! DestinationURL.parse("https://example.com/gone")
            $0.bootstrapKey = "a key of the configuration"
        }) { api in
            #expect(try await api.get("/", fields: ["Accept": html])["location"] == "https://example.com/")
            let answer = try await api.get("/nothing", fields: ["Accept": html])
            #expect(answer.status == 302)
            #expect(answer["location"] == "https://example.com/gone")
            expectProblem(try await api.get("/nothing"), 404, "not-found")
            #expect(try await api.get("/admin/nothing", fields: ["Accept": html]).status == 404)
        }
    }

    @Test("give away CSV that no spreadsheet takes for formulas")
    func csv() {
        var table = CSV(["a", "b"])
        table.append(["=1+1", "x\"y,z"])
        table.append(["-5", "ok"])
        #expect(String(decoding: table.bytes, as: UTF8.self) == "a,b\r\n'=1+1,\"x\"\"y,z\"\r\n'-5,ok\r\n")
    }

    @Test("read forms as browsers send them")
    func forms() {
        let form = WebForm(Array("a=1+2%2B3&b=&c&a=4&%64=%C3%BC".utf8))
        #expect(form.text("a") == "1 2+3")
        #expect(form.values("a").map(\.string) == ["1 2+3", "4"])
        #expect(form.text("b") == "")
        #expect(form.value("c") == UntrustedText(""))
        #expect(form.text("d") == "ü")
        #expect(form.value("e") == nil)
    }

    @Test("serve their files for good, under names of their content")
    func assets() async throws {
        try await withAPI { api in
            let page = try await api.get("/docs", fields: ["Accept": html])
            let path = try #require(
                page.text.split(separator: "\"").first { $0.hasPrefix("/assets/style-") }.map { String($0) })
            let style = try await api.get(path)
            #expect(style.status == 200)
            #expect(style["cache-control"]?.contains("immutable") == true)
            #expect(style["content-type"] == "text/css; charset=utf-8")
            #expect(try await api.get("/assets/style-000000000000.css").status == 404)
        }
    }
}
