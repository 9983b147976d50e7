import ShrinkrCore
import Testing

@Suite("A short code") struct ShortCodeTests {
    @Test(
        "has letters, digits, underscores and hyphens",
        arguments: [
            "a", "Z", "0", "_", "-", "--", "summer-sale_2026", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "abcdefghijklmnopqrstuvwxyz", "0123456789", String(repeating: "x", count: 64),
        ])
    func allowed(text: String) throws {
        let code = try #require(ShortCode(text))
        #expect(code.text == text)
        #expect(code.description == text)
        #expect(ShortCode(text.dropFirst(0)) == code)
    }

    @Test(
        "has nothing else",
        arguments: [
            "", " ", "a b", "a ", " a", "a.b", "a/b", "a+b", "a%41", "a~", "a\u{0}", "a\n", "é", "e\u{301}", "ａ", "٣",
            "🙂",
            "ﬁ", "\u{212A}", "@", "[", "`", "{", ":", String(repeating: "x", count: 65),
        ])
    func refused(text: String) {
        #expect(ShortCode(text) == nil)
    }

    @Test("is compared as it is spelt, and folded without case")
    func folding() throws {
        let (upper, lower) = (try #require(ShortCode("AbC-1_Z")), try #require(ShortCode("abc-1_z")))
        #expect(upper != lower)
        #expect(upper.folded == "abc-1_z")
        #expect(upper.folded == lower.folded)
    }
}
