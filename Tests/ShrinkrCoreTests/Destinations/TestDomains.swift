/// ToASCII of UTS #46 for the few names these tests use; every other name is invalid.
enum TestDomains {
    static func toASCII(_ domain: String) -> String? { table[domain] }

    private static let table = [
        "münchen.example": "xn--mnchen-3ya.example",
        "MÜNCHEN.example": "xn--mnchen-3ya.example",
        "MÜNCHEN.example.": "xn--mnchen-3ya.example.",
        "xn--mnchen-3ya.example": "xn--mnchen-3ya.example",
        "XN--Mnchen-3YA.example": "xn--mnchen-3ya.example",
        "faß.example": "xn--fa-hia.example",
        "日本語。jp": "xn--wgv71a119e.jp",
        "a。b": "a.b",
        "☃.net": "xn--n3h.net",
        "１２７.0.0.1": "127.0.0.1",
        "ｌocalhost": "localhost",
        // The mapping alone gives what is no valid host.
        "℀.example": "a/c.example",
        "\u{AD}": "",
    ]
}
