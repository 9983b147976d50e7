import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct RequestTraitsTests {
    @Test(
        arguments: [
            ("https://example.com/a/b", "https://example.com/a/b"), ("http://example.com", "http://example.com"),
            ("HTTPS://Example.com/A", "https://Example.com/A"), ("https://example.com/a?b=c", "https://example.com/a"),
            ("https://example.com?b=c", "https://example.com"), ("https://example.com/#b", "https://example.com/"),
            ("https://example.com#b?c", "https://example.com"), ("https://u:p@example.com/a", "https://example.com/a"),
            ("https://u@v@example.com/a", "https://example.com/a"),
            ("https://example.com/a@b", "https://example.com/a@b"),
            ("https://example.com:8080/", "https://example.com:8080/"),
            ("android-app://com.slack/", "android-app://com.slack/"),
            ("ftp://example.com/", nil), ("about:blank", nil), ("", nil), ("https://", nil), ("https:///a", nil),
            ("https://u:p@/a", nil), ("example.com", nil), ("javascript:alert(1)", nil),
        ] as [(String, String?)])
    func referrerKeepsOriginAndPath(_ given: String, _ kept: String?) {
        #expect(Referrer.withoutSecrets(UntrustedText(given)) == kept)
    }

    @Test(
        arguments: [
            ("de", "de"), ("de-CH, en;q=0.5", "de-CH"), (" en-GB ;q=0.8", "en-GB"), ("zh-Hant-TW", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("*", nil), ("", nil), (",de", "de"), ("de_DE", nil), ("<b>", nil),
            (String(repeating: "a", count: 36), nil), (";q=1", nil),
            ("d\u{e9}", nil), ("[", nil), ("{", nil),
        ] as [(String, String?)])
    func languageIsTheFirstTag(_ field: String, _ tag: String?) {
        #expect(Language.preferred(UntrustedText(field)) == tag)
    }
}
