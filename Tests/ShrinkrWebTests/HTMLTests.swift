import ShrinkrBase
import Testing

@testable import ShrinkrWeb

private let hostile = #"<script>alert("x")</script>&'"#
private let harmless = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"

private func text(_ html: HTML) -> String { String(decoding: html.bytes, as: UTF8.self) }

@Suite("HTML") struct HTMLTests {
    @Test("escapes text and the values of attributes")
    func escaping() {
        let html = element("p", .class(hostile), .plain("data-copy", hostile)) { hostile }
        #expect(text(html) == #"<p class="\#(harmless)" data-copy="\#(harmless)">\#(harmless)</p>"#)
    }

    @Test("ends elements that have an end, and no others")
    func ends() {
        #expect(text(element("br")) == "<br>")
        #expect(text(element("input", .flag("required"), .flag("checked", false))) == "<input required>")
        #expect(text(element("p")) == "<p></p>")
        #expect(text(element("rect", .plain("x", "1"))) == #"<rect x="1"></rect>"#)
    }

    @Test(
        "follows no address but those of the Web and of this server",
        arguments: ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "//evil.example", " /a", "", "a"])
    func addresses(url: String) {
        #expect(text(element("a", .href(url))) == ##"<a href="#"></a>"##)
    }

    @Test("keeps addresses that are", arguments: ["/a?b", "https://a.example/", "HTTP://a.example", "?q=1", "#main"])
    func goodAddresses(url: String) {
        #expect(text(element("a", .href(url))) == #"<a href="\#(url)"></a>"#)
    }

    @Test("shows what owners of links write, and no more than that")
    func linkOfAStranger() {
        let link = LinkContent([
            "code": "abc", "short_url": "https://sho.rt/abc", "url": "https://example.com/?a=1&b=<2>",
            "title": .string(hostile + "\u{202E}"), "tags": [.string(hostile)], "enabled": true,
            "created_at": "2026-11-28T09:30:00Z",
        ])
        let viewer = Viewer(
            token: "t", isSignedIn: true, mayReadLinks: true, mayWriteLinks: true, mayReadStats: true, isAdmin: true)
        let pages = [
            LinksPage(
                viewer: viewer, links: [link], filter: .init(), form: LinkForm(link), next: nil, csv: "", made: link,
                notice: hostile, now: Timestamp(milliseconds: 0)
            ).bytes,
            LinkPage(
                viewer: viewer, link: link, version: "\"1\"", form: LinkForm(link), stats: nil, notice: nil,
                now: Timestamp(milliseconds: 0)
            ).bytes,
        ]
        for page in pages.map({ String(decoding: $0, as: UTF8.self) }) {
            #expect(page.contains(harmless))
            #expect(!page.contains("<script>"))
            #expect(!page.contains("\u{202E}\""))
        }
    }
}

@Suite("Words") struct WordsTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-4_321, "-4,321")])
    func numbers(number: Int, words: String) {
        #expect(Words.number(number) == words)
    }

    @Test func times() {
        #expect(Words.day("2026-11-28T09:30:00Z") == "28 Nov 2026")
        #expect(Words.minute("2026-11-28T09:30:00Z") == "28 Nov 2026, 09:30 UTC")
        #expect(Words.minute("2026-13-28T09:30:00Z") == "2026-13-28T09:30:00Z")
        #expect(Words.day("") == "")
    }

    @Test func queries() {
        #expect(Query.text([("q", "a&b=ü "), ("tag", ""), ("order", "clicks")]) == "?q=a%26b%3D%C3%BC%20&order=clicks")
        #expect(Query.text([("q", "")]) == "")
    }
}

@Suite("Assets") struct AssetTests {
    /// What a first visit of the list loads, beside the list itself.
    @Test("are small, and named by what is in them")
    func assets() {
        #expect(Asset.all.reduce(0) { $0 + $1.bytes.count } < 30_000)
        for asset in Asset.all {
            #expect(!asset.bytes.isEmpty)
            #expect(asset.path.hasPrefix("/assets/"))
        }
    }

    @Test("load nothing from anywhere else")
    func noThirdParty() {
        for asset in [Asset.style, Asset.script] {
            let text = String(decoding: asset.bytes, as: UTF8.self)
            #expect(!text.contains("://"))
            #expect(!text.contains("@import"))
        }
    }
}

@Suite("The choice of statistics") struct StatsChoiceTests {
    @Test("takes an interval only where the range can be drawn by it")
    func intervals() {
        #expect(StatsView.Choice(range: nil, interval: nil).query(by: nil) == "?from=-30d&interval=day")
        #expect(
            StatsView.Choice(range: .all, interval: .hour).query(by: .os) == "?from=-1825d&interval=month&group_by=os")
        #expect(StatsView.Choice(range: .week, interval: .hour).query(by: nil) == "?from=-7d&interval=hour")
    }
}
