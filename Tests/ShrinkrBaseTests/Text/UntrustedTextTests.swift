import ShrinkrBase
import Testing

@Suite("Untrusted text") struct UntrustedTextTests {
    @Test("is equal by bytes, not by canonical equivalence")
    func equality() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed)
        #expect(UntrustedText(composed) != UntrustedText(decomposed))
        #expect(Set([UntrustedText(composed), UntrustedText(decomposed)]).count == 2)
        #expect(!UntrustedText(composed).equals(decomposed))
        #expect(UntrustedText("Chunked").equalsIgnoringCase("chunked"))
        // The Kelvin sign is a k to Unicode's case rules, and none here.
        #expect(!UntrustedText("chun\u{212A}ed").equalsIgnoringCase("chunked"))
        #expect(!UntrustedText("chunked\u{301}").equals("chunked"))
    }

    @Test("finds a mark's base letter, as bytes do")
    func searching() {
        let text = UntrustedText("bot\u{301} +http://")
        #expect(text.holds("bot"))
        #expect(text.begins(with: "bot"))
        #expect(text.ends(with: "http://"))
        #expect(text.holds(" +h"))
        #expect(!text.holds("both"))
        #expect(text.holds(""))
        #expect(!UntrustedText("").holds("a"))
        #expect(UntrustedText("aaab").holds("aab"))
        #expect(UntrustedText("HTTP://x").beginsIgnoringCase(with: "http://"))
        #expect(text.ascii == nil)
        #expect(UntrustedText("plain").ascii == "plain")
    }

    @Test("is cut at bytes, within bounds")
    func parts() {
        #expect(UntrustedText(" \t a b\t ").trimmed == UntrustedText("a b"))
        #expect(UntrustedText(" \t ").trimmed.isEmpty)
        #expect(UntrustedText("").trimmed.isEmpty)
        #expect(UntrustedText("a,,b").split(on: ",", atMost: 3)?.map(\.string) == ["a", "", "b"])
        #expect(UntrustedText("a,,b").split(on: ",", atMost: 2) == nil)
        #expect(UntrustedText("").split(on: ",", atMost: 1)?.map(\.string) == [""])
        let (before, after) = UntrustedText("a=b=c").cut(at: "=")
        #expect(before.equals("a"))
        #expect(after?.equals("b=c") == true)
        #expect(UntrustedText("a").cut(at: "=").after == nil)
        #expect(UntrustedText("AbÄ").lowercasedASCII.equals("abÄ"))
        #expect(UntrustedText("abä").uppercasedASCII.equals("ABä"))
        #expect(UntrustedText("aé€").prefix(bytes: 2).string == "a")
        #expect(UntrustedText("aé€").prefix(bytes: 3).string == "aé")
        #expect(UntrustedText("aé€").prefix(bytes: 6).string == "aé€")
        #expect(UntrustedText("é").prefix(bytes: 0).isEmpty)
    }

    @Test("has the order of its bytes")
    func order() {
        let texts = ["b", "a\u{301}", "\u{E1}", "a", "\u{1F600}", "\u{FFFD}"].map { UntrustedText($0) }
        #expect(
            texts.sorted(by: UntrustedText.precedes).map(\.string) == [
                "a", "a\u{301}", "b", "\u{E1}", "\u{FFFD}", "\u{1F600}",
            ])
    }
}
