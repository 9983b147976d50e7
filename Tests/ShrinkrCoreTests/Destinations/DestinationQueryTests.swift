import ShrinkrCore
import Testing

@Suite struct DestinationQueryTests {
    private func parse(_ text: String) throws -> DestinationURL {
        try DestinationURL.parse(text)
    }

    @Test(arguments: [
        ("http://a", "x=1", "http://a/?x=1"),
        ("http://a/b", "x", "http://a/b?x"),
        ("http://a/b?y=2", "x=1&z=3", "http://a/b?y=2&x=1&z=3"),
        ("http://a/b?", "x=1", "http://a/b?x=1"),
        ("http://a/b#f?g", "x=1", "http://a/b?x=1#f?g"),
        ("http://a/b?y#f", "x=1", "http://a/b?y&x=1#f"),
        ("http://a/b?#", "x=1", "http://a/b?x=1#"),
        ("http://a/b?y", "", "http://a/b?y"),
        ("http://a/b", "a b\"c#d<e>f'g", "http://a/b?a%20b%22c%23d%3Ce%3Ef%27g"),
        ("http://a/b", "é\r\n\t\u{7F}\0", "http://a/b?%C3%A9%0D%0A%09%7F%00"),
        ("http://a/b", "%41%zz?/..&=+`{}|^[]\\", "http://a/b?%41%zz?/..&=+`{}|^[]\\"),
    ])
    func joins(url: String, query: String, expected: String) throws {
        let joined = try #require(try parse(url).appendingQuery(query))
        #expect(joined.string == expected)
        #expect(joined == (try parse(expected)))
    }

    @Test func joinsTwice() throws {
        let once = try #require(try parse("http://a/b#f").appendingQuery("x"))
        let twice = try #require(once.appendingQuery("y"))
        #expect(twice.string == "http://a/b?x&y#f")
        #expect(twice.query == "x&y")
    }

    @Test func stopsAtTheLimit() throws {
        let url = try parse("http://a/#f")
        let room = DestinationURL.maximumLength - url.string.utf8.count - 1
        let longest = String(repeating: "x", count: room)
        #expect(url.appendingQuery(longest)?.string.utf8.count == DestinationURL.maximumLength)
        #expect(url.appendingQuery(longest + "x") == nil)
        #expect(url.appendingQuery(String(repeating: " ", count: room / 3 + 1)) == nil)
    }
}
