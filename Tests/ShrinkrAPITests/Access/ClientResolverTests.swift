import Hummingbird
import ShrinkrBase
import Testing

@testable import ShrinkrAPI

@Suite struct ClientResolverTests {
    private let resolver = ClientResolver(
        trustedProxies: ["10.0.0.0/8", "fd00::/8", "192.0.2.7"].compactMap { IPNetwork($0) },
        countryHeader: "X-Country")

    /// Who a request comes from: peer, `X-Forwarded-For` lines, and the client.
    static let chains: [(String, [String], String)] = [
        // A stranger says what it likes.
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("2001:db8::9", ["198.51.100.1"], "2001:db8::9"),
        // One trusted proxy, and more of them.
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("192.0.2.7", ["198.51.100.1"], "198.51.100.1"),
        ("192.0.2.8", ["198.51.100.1"], "192.0.2.8"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2,fd00::1 ,\t192.0.2.7"], "198.51.100.1"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        // What stands left of the first stranger, the stranger made up.
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["127.0.0.1, 10.0.0.9, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["nonsense, 198.51.100.1"], "198.51.100.1"),
        // Several lines are one list.
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        // Only proxies: the farthest of them.
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // Ports and brackets.
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::5]:4711"], "2001:db8::5"),
        ("10.0.0.1", ["[2001:db8::5]"], "2001:db8::5"),
        ("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        // Garbage ends what can be known.
        ("10.0.0.1", ["198.51.100.1, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1.1"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:80:80"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:db8::5"], "10.0.0.1"),
        ("10.0.0.1", ["fe80::1%eth0"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:db8::5]x"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:db8::5]5]:80"], "10.0.0.1"),
        ("10.0.0.1", ["[198.51.100.1]"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:http"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [", ,"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1,"], "198.51.100.1"),
    ]

    @Test(arguments: chains)
    func clientIsTheFirstThatNoTrustedProxyVouchesFor(_ peer: String, _ lines: [String], _ client: String) throws {
        var header = fields([:])
        for line in lines { header.append(.init(name: .xForwardedFor, value: line)) }
        let peer = try #require(IPAddress(peer))
        #expect(resolver.address(of: request(fields: header), peer: peer)?.description == client)
    }

    /// Who a request of the trusted proxy 10.0.0.1 comes from, by all that names hops.
    static let fieldsAndClients: [(Fields, String)] = [
        // One field alone, in every form that RFC 7239 has for a node.
        (["Forwarded": "for=198.51.100.1"], "198.51.100.1"),
        (["Forwarded": "for=198.51.100.1;proto=http;by=203.0.113.43"], "198.51.100.1"),
        (["Forwarded": "by=203.0.113.43 ; FOR = \"198.51.100.1:4711\""], "198.51.100.1"),
        (["Forwarded": "for=\"[2001:db8::5]:4711\""], "2001:db8::5"),
        (["Forwarded": "for=\"[2001:db8::5]\";host=\"a, for=1.1.1.1\""], "2001:db8::5"),
        (["Forwarded": "for=[2001:db8::5]"], "2001:db8::5"),
        (["Forwarded": "for=\"198\\.51.100.1\""], "198.51.100.1"),
        (["Forwarded": "for=1.1.1.1, for=198.51.100.1, for=10.0.0.2"], "198.51.100.1"),
        (["Forwarded": "for=1.1.1.1", "forwarded": "for=198.51.100.1"], "198.51.100.1"),
        (["Forwarded": "for=10.0.0.3,,for=10.0.0.2,"], "10.0.0.3"),
        (["X-Real-IP": "198.51.100.1"], "198.51.100.1"),
        (["X-Real-IP": " 2001:db8::5 "], "2001:db8::5"),
        // What hides a hop, or cannot be read, ends what can be known.
        (["Forwarded": "for=198.51.100.1, for=unknown"], "10.0.0.1"),
        (["Forwarded": "for=198.51.100.1, for=_hidden, for=10.0.0.2"], "10.0.0.2"),
        (["Forwarded": "for=\"_hidden:4711\""], "10.0.0.1"),
        (["Forwarded": "proto=https;host=example.com"], "10.0.0.1"),
        (["Forwarded": "for=198.51.100.1;for=198.51.100.2"], "10.0.0.1"),
        (["Forwarded": "198.51.100.1"], "10.0.0.1"),
        (["Forwarded": "for="], "10.0.0.1"),
        (["Forwarded": ""], "10.0.0.1"),
        (["X-Real-IP": "198.51.100.1, 198.51.100.2"], "10.0.0.1"),
        (["X-Real-IP": "198.51.100.1", "x-real-ip": "198.51.100.1"], "10.0.0.1"),
        (["X-Real-IP": ""], "10.0.0.1"),
        // A quote that a stranger has opened swallows what the proxy has appended: then the line says nothing.
        (["Forwarded": "for=\"1.1.1.1, for=198.51.100.1"], "10.0.0.1"),
        (["Forwarded": "for=1.1.1.1;x=\"\\\", for=198.51.100.1"], "10.0.0.1"),
        (["Forwarded": "for=\"1.1.1.1", "forwarded": "for=198.51.100.1"], "198.51.100.1"),
        // Several fields that agree.
        (["X-Forwarded-For": "198.51.100.1", "X-Real-IP": "198.51.100.1"], "198.51.100.1"),
        (["X-Forwarded-For": "1.1.1.1, 198.51.100.1", "Forwarded": "for=198.51.100.1"], "198.51.100.1"),
        (["X-Forwarded-For": "198.51.100.1, 10.0.0.2", "X-Real-IP": "10.0.0.2"], "198.51.100.1"),
        // Several that do not: one of them is a stranger's, and nobody knows which.
        (["X-Forwarded-For": "1.1.1.1", "Forwarded": "for=198.51.100.1"], "10.0.0.1"),
        (["X-Forwarded-For": "198.51.100.1", "Forwarded": "for=1.1.1.1"], "10.0.0.1"),
        (["X-Forwarded-For": "198.51.100.1", "X-Real-IP": "1.1.1.1"], "10.0.0.1"),
        (["Forwarded": "for=198.51.100.1", "X-Real-IP": "1.1.1.1"], "10.0.0.1"),
        (["X-Forwarded-For": "unknown", "X-Real-IP": "1.1.1.1"], "10.0.0.1"),
        (["X-Forwarded-For": "198.51.100.1", "Forwarded": "for=_hidden"], "10.0.0.1"),
        (["X-Forwarded-For": "198.51.100.1", "Forwarded": "for=\""], "10.0.0.1"),
    ]

    @Test(arguments: fieldsAndClients)
    func fieldsOfProxiesAreReadWithoutGuessing(_ given: Fields, _ client: String) {
        let peer = IPAddress("10.0.0.1")
        #expect(resolver.address(of: request(fields: fields(given)), peer: peer)?.description == client)
        // From anybody else they mean nothing.
        let stranger = IPAddress("203.0.113.9")
        #expect(resolver.address(of: request(fields: fields(given)), peer: stranger) == stranger)
    }

    @Test func unknownPeerIsNobody() {
        #expect(resolver.address(of: request(fields: fields(["X-Forwarded-For": "198.51.100.1"])), peer: nil) == nil)
    }

    @Test func withoutTrustedProxiesNobodyIsBelieved() {
        let resolver = ClientResolver(trustedProxies: [])
        let address = resolver.address(
            of: request(fields: fields(["X-Forwarded-For": "198.51.100.1"])), peer: IPAddress("127.0.0.1"))
        #expect(address?.description == "127.0.0.1")
    }

    @Test(
        arguments: [
            ("10.0.0.1", "DE", "DE"), ("10.0.0.1", "de", "DE"), ("203.0.113.9", "DE", nil), ("10.0.0.1", "DEU", nil),
            ("10.0.0.1", "D1", nil), ("10.0.0.1", "ä", nil), ("10.0.0.1", "", nil), ("10.0.0.1", nil, nil),
        ] as [(String, String?, String?)])
    func countryIsBelievedFromTrustedProxies(_ peer: String, _ given: String?, _ country: String?) {
        let header = given.map { fields(["X-Country": $0]) } ?? [:]
        #expect(resolver.country(of: request(fields: header), peer: IPAddress(peer)) == country)
    }

    @Test func countryNeedsAConfiguredField() {
        let resolver = ClientResolver(trustedProxies: [IPNetwork("10.0.0.0/8")].compactMap { $0 })
        let header = fields(["X-Country": "DE", "CF-IPCountry": "DE"])
        #expect(resolver.country(of: request(fields: header), peer: IPAddress("10.0.0.1")) == nil)
    }

    /// Peer, `Host`, and whether the request is taken to be made on this machine, for itself.
    @Test(arguments: [
        ("127.0.0.1", "localhost", true), ("127.0.0.1", "LOCALHOST:8000", true), ("127.0.0.1", "127.0.0.1:8000", true),
        ("127.8.8.8", "127.8.8.8", true), ("::1", "[::1]:8000", true), ("::1", "[::1]", true),
        ("::1", "localhost", true), ("127.0.0.1", "localhost.", true), ("127.0.0.1", "localhost.:80", true),
        ("::ffff:127.0.0.1", "localhost", true),
        // Other machines.
        ("192.168.1.5", "localhost", false), ("203.0.113.9", "127.0.0.1", false), ("fe80::1", "[::1]", false),
        // A name that a web page's owner points to this machine (DNS rebinding).
        ("127.0.0.1", "evil.example", false), ("127.0.0.1", "localhost.evil.example", false),
        ("127.0.0.1", "127.0.0.1.evil.example:8000", false), ("127.0.0.1", "", false),
        ("127.0.0.1", "192.168.1.5", false),
        ("127.0.0.1", "0.0.0.0:8000", false), ("::1", "[2001:db8::1]", false),
        // What is not a host at all.
        ("::1", "[::1]1]:8000", false), ("127.0.0.1", "localhost:x", false), ("127.0.0.1", "[127.0.0.1]", false),
    ])
    func localRequestComesFromLoopbackAndAsksForIt(_ peer: String, _ host: String, _ isLocal: Bool) throws {
        let peer = try #require(IPAddress(peer))
        #expect((resolver.foreignOrigin(of: request(host: host), peer: peer) == nil) == isLocal)
    }

    @Test(arguments: [
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "x-forwarded-anything", "Forwarded", "Via",
        "X-Forwarded-Port", "X-Real-IP", "CDN-Loop", "CF-Connecting-IP", "CF-Ray", "CF-IPCountry", "True-Client-IP",
        "Fastly-Client-IP", "X-Envoy-External-Address", "X-Amzn-Trace-Id", "X-Amz-Cf-Id", "CloudFront-Viewer-Address",
        "X-Azure-ClientIP", "Fly-Client-IP", "EO-Connecting-IP", "X-MS-Proxy", "X-Original-Forwarded-For",
    ])
    func forwardedRequestIsNotLocal(_ name: String) {
        let forwarded = request(fields: fields([name: "127.0.0.1"]))
        #expect(resolver.foreignOrigin(of: forwarded, peer: IPAddress("127.0.0.1")) == .proxy)
    }

    @Test func requestOfNobodyIsNotLocal() {
        #expect(resolver.foreignOrigin(of: request(), peer: nil) == .otherMachine)
    }

    /// What programs and browsers send of themselves.
    @Test(arguments: ["X-Request-Id", "X-Api-Key", "Traceparent", "X-Requested-With", "Sec-Fetch-Site", "User-Agent"])
    func fieldOfAProgramIsNoMark(_ name: String) {
        let own = request(host: "localhost", fields: fields([name: "127.0.0.1"]))
        #expect(resolver.foreignOrigin(of: own, peer: IPAddress("127.0.0.1")) == nil)
    }

    @Test func hostThatTheServerListensOnIsLocal() {
        let resolver = ClientResolver(trustedProxies: [], listenHost: "Workstation.")
        for host in ["workstation", "WORKSTATION.:8000", "workstation:1", "localhost"] {
            #expect(resolver.foreignOrigin(of: request(host: host), peer: IPAddress("127.0.0.1")) == nil, "\(host)")
        }
        for host in ["workstation.evil.example", "other"] {
            #expect(resolver.foreignOrigin(of: request(host: host), peer: IPAddress("127.0.0.1")) == .proxy)
        }
        #expect(resolver.foreignOrigin(of: request(host: ""), peer: IPAddress("127.0.0.1")) == .noHost)
    }
}
