import ShrinkrBase
import Testing

@Suite("A host") struct HostNameTests {
    @Test("is this machine", arguments: ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
    func loopback(host: String) {
        #expect(HostName.isLoopback(UntrustedText(host)))
    }

    @Test(
        "may be another machine",
        arguments: ["", "0.0.0.0", "::", "10.0.0.1", "[::1", "localhost.example.com", "127.0.0.1.example.com", "[]"])
    func elsewhere(host: String) {
        #expect(!HostName.isLoopback(UntrustedText(host)))
    }

    @Test(
        "has brackets in a URL where it is an IPv6 address, once",
        arguments: [
            ("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("example.com", "example.com"), ("", ""),
        ])
    func brackets(host: String, expected: String) {
        #expect(HostName.bracketed(host) == expected)
    }
}
