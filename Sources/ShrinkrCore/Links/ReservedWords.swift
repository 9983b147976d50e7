/// Words that no link may use as its alias, because the server or a crawler looks for something else there.
package enum ReservedWords {
    // text: ours, and compared with codes, which are ASCII.
    private static let words: Set<String> = [
        "admin", "api", "assets", "batch", "docs", "favicon", "health", "healthz", "index", "livez", "login", "logout",
        "metrics",
        "openapi", "qr", "readyz", "robots", "security", "shrinkr", "sitemap", "static", "stats", "well-known",
    ]

    /// Whether the code is one of the reserved words, in any case.
    package static func contains(_ code: ShortCode) -> Bool {
        words.contains(code.folded)
    }
}
