import HTTPTypes
import NIOHTTP1
import Testing

@testable import ShrinkrAPI

/// What is demanded of a header beyond what the parser checks.
@Suite struct RequestHeadRulesTests {
    private func apply(
        _ method: HTTPMethod = .GET, _ target: String = "/", version: HTTPVersion = .http1_1,
        _ fields: [(String, String)] = [("Host", "sho.rt")]
    ) throws -> HTTPRequestHead {
        var head = HTTPRequestHead(version: version, method: method, uri: target, headers: HTTPHeaders(fields))
        try RequestHeadRules.apply(to: &head)
        return head
    }

    private func apply(
        version: HTTPVersion = .http1_1, _ fields: [(String, String)]
    ) throws -> HTTPRequestHead {
        try apply(.GET, "/", version: version, fields)
    }

    private func expectRefused(_ status: Int, _ work: () throws -> HTTPRequestHead, _ comment: Comment) {
        #expect(comment) { try work() } throws: { ($0 as? Problem)?.status.code == status }
    }

    @Test func ordinaryRequestPassesUnchanged() throws {
        let fields = [("host", "sho.rt:8000"), ("Accept", "*/*"), ("Connection", "keep-alive")]
        let head = try apply(.POST, "/api/v1/links?a=b", fields)
        #expect(head.uri == "/api/v1/links?a=b")
        #expect(head.headers == HTTPHeaders(fields))
    }

    @Test(arguments: ["chunked", "CHUNKED", " chunked\t"])
    func chunkedIsTheCodingOfRequests(_ value: String) throws {
        _ = try apply(.POST, "/", [("Host", "a"), ("Transfer-Encoding", value)])
    }

    @Test(arguments: [
        (["gzip, chunked"], 501), (["identity, chunked"], 501), (["x"], 400), (["chunked, identity"], 400),
        (["identity", "chunked"], 501), (["chunked", "chunked"], 501), (["chunked", "identity"], 400), ([""], 400),
        ([",chunked"], 400), (["chunked,"], 400), (["\u{b}chunked"], 400), (["chunked;q=1"], 400),
        ([#""chunked""#], 400),
    ])
    func otherCodingsAreRefused(_ values: [String], _ status: Int) {
        let fields = [("Host", "a")] + values.map { ("Transfer-Encoding", $0) }
        expectRefused(status, { try apply(.POST, "/", fields) }, "\(values)")
    }

    @Test func oldVersionHasNoTransferCoding() {
        let fields = [("Host", "a"), ("Connection", "keep-alive"), ("Transfer-Encoding", "chunked")]
        expectRefused(400, { try apply(.POST, "/", version: .http1_0, fields) }, "HTTP/1.0")
    }

    @Test(arguments: [
        "a", "a.example", "A.EXAMPLE.", "a:80", "a:", "127.0.0.1:8000", "[::1]", "[2001:db8::1]:8000", "a_b-c~d",
        "a%41",
        "",
    ])
    func hostCanBe(_ host: String) throws {
        #expect(try apply([("Host", host)]).headers["Host"] == [host])
    }

    @Test(arguments: ["a.example ", "a:80 \t", " [::1]:8000", "  "])
    func blanksAroundAHostAreNoneOfIt(_ host: String) throws {
        let bare = String(decoding: host.utf8.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
        #expect(try apply([("Host", host)]).headers["Host"] == [bare])
    }

    @Test(arguments: [
        "a b", "a/b", "a@b", "a?b", "a#b", #"a\b"#, "http://a", "a:b", "a:80:80", "a:65536", "a:+1", ":80", "[::1",
        "::1",
        "[]", "[a]", "[127.0.0.1]", "[::1]a", "[::1]:x", "[fe80::1%25eth0]", "a\tb", "é", "\u{fffd}", "<a>",
    ])
    func hostCannotBe(_ host: String) {
        expectRefused(400, { try apply([("Host", host)]) }, "\(host)")
    }

    @Test func oneHostIsNeeded() throws {
        expectRefused(400, { try apply([]) }, "none")
        expectRefused(400, { try apply([("Host", "a"), ("Host", "b")]) }, "two")
        expectRefused(400, { try apply([("Host", "a"), ("host", "a")]) }, "twice the same")
        expectRefused(400, { try apply(version: .http1_0, [("Host", "a"), ("Host", "b")]) }, "two, HTTP/1.0")
        #expect(try apply(version: .http1_0, []).headers["Host"] == [])
    }

    @Test(arguments: [
        ("http://a.example/b?c", "/b?c", "a.example"), ("HTTPS://A.example:8443/", "/", "A.example:8443"),
        ("http://a.example", "/", "a.example"), ("http://a.example?b", "/?b", "a.example"),
        ("http://[::1]:80//b", "//b", "[::1]:80"), ("http://a/http://b/", "/http://b/", "a"),
    ])
    func absoluteTargetNamesTheHost(_ target: String, _ path: String, _ host: String) throws {
        let head = try apply(.GET, target, [("Host", "localhost")])
        #expect(head.uri == path)
        #expect(head.headers["Host"] == [host])
    }

    @Test(arguments: [
        "a", "", "*", "a.example:443", "http://", "http:///a", "http:/a", "http://u@a/", "http://u:p@a/", "http://a:x/",
        "http://[::1/", "ftp://a/", "javascript:alert(1)", "http://a/#b", "/a#b", #"\a"#, "?a", "://a",
    ])
    func targetCannotBe(_ target: String) {
        expectRefused(400, { try apply(.GET, target) }, "\(target)")
    }

    @Test func specialTargets() throws {
        #expect(try apply(.OPTIONS, "*").uri == "*")
        for target in ["a.example:443", "/", "http://a/"] {
            expectRefused(501, { try apply(.CONNECT, target) }, "CONNECT \(target)")
        }
    }

    @Test(arguments: [
        (HTTPVersion.http1_1, [("Connection", "close")], true), (.http1_1, [("Connection", "Close")], true),
        (.http1_1, [("Connection", "keep-alive, close")], true), (.http1_1, [("Upgrade", "h2c")], true),
        (.http1_1, [], false), (.http1_1, [("Connection", "keep-alive")], false),
        (.http1_0, [], true), (.http1_0, [("Connection", "keep-alive")], true),
    ])
    func lastRequestOfAConnectionSaysSo(_ version: HTTPVersion, _ fields: [(String, String)], _ isLast: Bool) throws {
        let head = try apply(version: version, [("Host", "a")] + fields)
        #expect((head.headers["Connection"] == ["close"]) == isLast)
    }

    @Test func oldVersionHasNoNewFields() throws {
        let fields = [("Host", "a"), ("Expect", "100-continue")]
        for target in ["/", "http://localhost/"] {
            let head = try apply(.POST, target, version: .http1_0, fields)
            #expect(head.headers["Expect"] == [])
            #expect(head.headers["Host"] == [])
        }
        #expect(try apply(.POST, "/", fields).headers["Expect"] == ["100-continue"])
    }
}
