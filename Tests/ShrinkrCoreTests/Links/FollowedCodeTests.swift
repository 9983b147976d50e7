import ShrinkrCore
import Testing

/// What chats, mails and people leave at the end of a link.
@Suite struct FollowedCodeTests {
    private func read(_ segment: String) -> String? {
        FollowedCode(segment: segment.utf8).map { $0.code.text + ($0.isPreview ? " preview" : "") }
    }

    private func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
        }.joined()
    }

    private static let punctuation = [
        ".", ",", ")", "(", ";", "!", ":", "]", "[", "}", "{", "*", "~", "|", "\\", "=", "…", "—", "。", "、", "，", "）",
        "！",
        "？", "】",
        "‼\u{FE0F}",
    ]
    private static let ends = [
        "&", "?", "#", ">", "<", "\"", "'", "`", " ", "\n", "\r\n", "\t", "\u{A0}", "“", "”", "’", "»", "«", "„", "」",
        "\u{200B}",
        "\u{FEFF}", "\u{2028}",
    ]

    @Test(arguments: punctuation)
    func punctuationIsDropped(mark: String) {
        for tail in [mark, escaped(mark), mark + mark, escaped(mark) + ")."] {
            #expect(read("Ab-1_" + tail) == "Ab-1_")
            #expect(read("Ab-1_+" + tail) == "Ab-1_ preview")
            #expect(read("Ab-1_" + tail + "x") == nil, "what goes on after punctuation is another path")
        }
    }

    @Test(arguments: ends)
    func nothingBelongsToALinkAfterItsEnd(mark: String) {
        for tail in [mark, escaped(mark), mark + "utm=x", escaped(mark) + "and%20more", ")" + escaped(mark) + "x"] {
            #expect(read("code" + tail) == "code", "\(tail)")
            #expect(read("code+" + tail) == "code preview", "\(tail)")
        }
    }

    /// As chats cut a link that was written with a slash at its end.
    @Test func marksMayStandAfterASlash() {
        for mark in Self.punctuation + Self.ends {
            let code = FollowedCode(segment: "Ab-1_".utf8, next: escaped(mark).utf8)
            #expect(code?.code.text == "Ab-1_" && code?.isPreview == false, "\(mark)")
            #expect(FollowedCode(segment: "Ab-1_+".utf8, next: mark.utf8)?.isPreview == true, "\(mark)")
        }
        for other in ["x", ".x", "+", "%41"] {
            #expect(FollowedCode(segment: "Ab-1_".utf8, next: other.utf8) == nil, "\(other)")
        }
        #expect(FollowedCode(segment: "favicon.ico".utf8, next: ".".utf8) == nil)
    }

    @Test func everyTwoMarksTogether() {
        for first in Self.punctuation + Self.ends {
            for second in Self.punctuation + Self.ends { #expect(read("k3x" + escaped(first + second)) == "k3x") }
        }
    }

    @Test(arguments: [
        ("code", "code"), ("c%6Fde", "code"), ("code+", "code preview"), ("code%2B", "code preview"), ("c%2Dd", "c-d"),
        ("code%E2%80", "code"), ("code%EF%BC%89", "code"), ("code%E2%80%9D%20he%20said", "code"),
    ])
    func isReadAsItIsEncoded(segment: String, expected: String) {
        #expect(read(segment) == expected)
    }

    @Test(arguments: [
        "", "+", ".", "%", "%FF", "é", "code%", "code%zz", "code%00", "code%2F", "code%2Fx", "code.html", "code++",
        "code.+",
        "code=x", "code@x", "code$", "codé", "code日本", "code🙂", "code,x", ".code", "(code)", "\"code\"", "%20code",
        String(repeating: "x", count: 65), String(repeating: "x", count: 65) + ".",
    ])
    func anythingElseIsNoLink(segment: String) {
        #expect(read(segment) == nil)
    }

    @Test func theLongestCodeMayHaveATail() {
        let longest = String(repeating: "x", count: 64)
        #expect(read(longest + ").") == longest)
        #expect(read("a" + String(repeating: ".", count: 100_000)) == "a")
    }
}
