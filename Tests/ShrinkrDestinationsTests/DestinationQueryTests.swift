import ShrinkrDestinations
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
        let joined = try parse(url).appendingQuery(query)
        #expect(joined.string == expected)
        #expect(joined == (try parse(expected)))
    }

    @Test func joinsTwice() throws {
        let once = try parse("http://a/b#f").appendingQuery("x")
        let twice = once.appendingQuery("y")
        #expect(twice.string == "http://a/b?x&y#f")
        #expect(twice.query == "x&y")
    }

    @Test func stopsAtTheLimit() throws {
        let url = try parse("http://a/#f")
        let room = DestinationURL.maximumLength - url.string.utf8.count - 1
        let longest = String(repeating: "x", count: room)
        #expect(url.appendingQuery(longest).string.utf8.count == DestinationURL.maximumLength)
        #expect(url.appendingQuery(longest + "x") == url)
        #expect(url.appendingQuery(String(repeating: " ", count: room / 3 + 1)) == url)
        let full = url.appendingQuery(longest)
        #expect(full.appendingQuery("a") == full)
    }

    /// Parameters are left out whole, wherever they stand; what fits keeps its order.
    @Test(arguments: ["http://a/", "http://a/?own=1", "http://a/?", "http://a/?own=1#f"])
    func leavesOutWhatDoesNotFit(text: String) throws {
        let url = try parse(text)
        let long = "long=" + String(repeating: "x", count: DestinationURL.maximumLength)
        for query in ["\(long)&a=1&b=2", "a=1&\(long)&b=2", "a=1&b=2&\(long)", "\(long)&a=1&\(long)&b=2&\(long)"] {
            #expect(url.appendingQuery(query) == url.appendingQuery("a=1&b=2"))
        }
        #expect(url.appendingQuery(long) == url)
        let half = String(repeating: "x", count: DestinationURL.maximumLength / 2)
        #expect(url.appendingQuery("a=\(half)&b=\(half)&c=3") == url.appendingQuery("a=\(half)&c=3"))
        // Each of these bytes takes three.
        let quotes = String(repeating: "\"", count: DestinationURL.maximumLength / 3)
        #expect(url.appendingQuery("a=\(quotes)&b=2") == url.appendingQuery("b=2"))
    }
}
