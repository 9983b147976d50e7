import ShrinkrCore
import Testing

private let windowsChrome =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
private let linuxChrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
private let macSafari =
    """
    Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
    Safari/605.1.15
    """
private let phoneChrome =
    """
    Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36
    """
private let chrome = #""Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24""#

@Suite("Hints of a request") struct ClickHintsTests {
    @Test(
        "say what client hints say and the user agent does not",
        arguments: [
            (windowsChrome, chrome, "\"Windows\"", []), (windowsChrome, chrome, "", []), (windowsChrome, "", "", []),
            (linuxChrome, chrome, "\"Linux\"", []), (linuxChrome, chrome, "\"Chrome OS\"", []),
            (phoneChrome, chrome, "\"Android\"", []), (phoneChrome, chrome, "\"Linux\"", []),
            (linuxChrome, chrome, "\"Android\"", .androidAsDesktop),
            (windowsChrome, chrome, "\"Android\"", .androidAsDesktop),
            (macSafari, chrome, "\"Android\"", .androidAsDesktop),
            (windowsChrome, chrome, "\"Linux\"", .otherBrowser), (windowsChrome, "", "\"macOS\"", .otherBrowser),
            (linuxChrome, chrome, "\"Windows\"", .otherBrowser), (macSafari, "", "\"Linux\"", .otherBrowser),
            (macSafari, chrome, "\"macOS\"", .otherBrowser), (macSafari, "", "\"macOS\"", []),
            ("curl/8.5.0", chrome, "\"Linux\"", []), ("", chrome, "\"Windows\"", []),
            ("Mozilla/5.0 (", chrome, "\"Windows\"", []), ("Mozilla/5.0 (X11;", chrome, "\"Windows\"", .otherBrowser),
            (windowsChrome, #""Chromium";v="131", "HeadlessChrome";v="131""#, "\"Windows\"", .headless),
            (windowsChrome, #""Chromium";v="131", "Brave";v="131""#, "\"Windows\"", .brave),
            (windowsChrome, #"Brave";v="131", "Bravery""#, "\"Windows\"", []),
            (windowsChrome, #""B"B"Brave""#, "\"Windows\"", .brave),
            (windowsChrome, #""Brave"#, "\"Windows\"", []),
        ] as [(String, String, String, ClickHints)])
    func clientHints(_ userAgent: String, _ brands: String, _ platform: String, _ hints: ClickHints) {
        #expect(read(userAgent, brands, platform) { _ in } == hints)
    }

    @Test(
        "say what is missing over HTTPS alone",
        arguments: [
            ("https", true), ("HTTPS", true), ("https, http", true), ("https,http", true), ("https http", true),
            ("http", false), ("http, https", false), ("httpsx", false), ("", false), ("ws", false),
        ])
    func missing(_ forwardedProtocol: String, _ isSecure: Bool) {
        #expect(
            read(windowsChrome, "", "", forwardedProtocol) { $0.hasAccept = true }
                == (isSecure ? [.noLanguage, .noFetchMode] : []))
        #expect(
            read(windowsChrome, "", "", forwardedProtocol) { $0.hasLanguage = true }
                == (isSecure ? .noFetchMode : []))
        #expect(
            read(windowsChrome, "", "", forwardedProtocol) { $0.hasFetchMode = true }
                == (isSecure ? .noLanguage : []))
    }

    @Test("do not say what a proxy may have taken away")
    func proxy() {
        #expect(read(windowsChrome, "", "", "https") { $0.hasVia = true } == [])
        #expect(read(windowsChrome, "", "", "https") { ($0.hasVia, $0.hasAccept) = (true, true) } != [])
    }

    @Test("look at the beginning of long fields alone")
    func long() {
        for (count, hints) in [(502, ClickHints.brave), (506, [])] {
            #expect(read("", String(repeating: "x", count: count) + "\"Brave\"", "") { _ in } == hints)
        }
    }

    private func read(
        _ userAgent: String, _ brands: String, _ platform: String, _ forwardedProtocol: String = "",
        _ change: (inout HintFields) -> Void
    ) -> ClickHints {
        var fields = HintFields()
        change(&fields)
        let texts = [userAgent, brands, platform, forwardedProtocol].map { Array($0.utf8) }
        return texts[0].withUnsafeBytes { userAgent in
            texts[1].withUnsafeBytes { brands in
                texts[2].withUnsafeBytes { platform in
                    texts[3].withUnsafeBytes { forwardedProtocol in
                        fields.userAgent = userAgent
                        fields.brands = brands
                        fields.platform = platform
                        fields.forwardedProtocol = forwardedProtocol
                        return fields.hints
                    }
                }
            }
        }
    }
}
