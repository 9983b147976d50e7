import Glibc
import Testing

@testable import ShrinkrLaunch

private func check(_ host: String, _ port: Int) throws(ConfigurationError) -> ListenAddress {
    try ListenAddress.checked(host: host, port: port, hostSetting: .httpHost, portSetting: .httpPort)
}

@Suite("An address to listen on") struct ListenAddressTests {
    @Test("that is free stays free, and 0 becomes a port", arguments: ["127.0.0.1", "localhost", "0.0.0.0"])
    func free(host: String) throws {
        let address = try check(host, 0)
        #expect(address.port > 0)
        #expect(try check(host, address.port).port == address.port)
    }

    @Test("that is taken is said by the port's flag")
    func taken() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let port = try check("127.0.0.1", 0).port
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0 && listen(descriptor, 1) == 0)
        let error = #expect(throws: ConfigurationError.self) { try check("127.0.0.1", port) }
        #expect(
            error?.description == """
                SHRINKR_HTTP_PORT (or --http-port) is \(port), which another program on 127.0.0.1 has taken; \
                for example: 8000
                """)
    }

    @Test(
        "that this machine does not have is said by the host's flag",
        arguments: [("192.0.2.1", "which is no address of this machine"), ("no-such-name.invalid", "cannot resolve")])
    func foreign(host: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try check(host, 0) }
        #expect(error?.description.hasPrefix("SHRINKR_HTTP_HOST (or --http-host) is '\(host)', ") == true)
        #expect(error?.description.contains(words) == true)
    }
}
