import ShrinkrCore
import Testing

@Suite("Reserved words") struct ReservedWordsTests {
    @Test(
        "are what the server and crawlers look for, in any case",
        arguments: [
            "api", "API", "Api", "health", "Healthz", "livez", "readyz", "metrics", "docs", "openapi", "robots",
            "favicon",
            "sitemap", "well-known", "admin", "login", "logout", "static", "assets", "stats", "batch", "qr", "index",
            "Shrinkr",
        ])
    func reserved(text: String) throws {
        #expect(ReservedWords.contains(try #require(ShortCode(text))))
    }

    @Test("are whole words", arguments: ["apis", "a", "api-", "my-api", "health1", "robot", "_stats", "wellknown"])
    func free(text: String) throws {
        #expect(!ReservedWords.contains(try #require(ShortCode(text))))
    }
}
