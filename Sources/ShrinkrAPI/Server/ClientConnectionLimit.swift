import NIOCore
import ShrinkrBase

/// How many of the connections one client may hold, so that one alone cannot hold all.
///
/// Trusted proxies stand for many clients and may have as many as they like. A proxy on the same machine may be one that
/// nobody named, so loopback may have most of all connections, and beyond that loses idle ones but is not refused.
struct ClientConnectionLimit: Sendable {
    /// What one client may have.
    struct Allowance: Hashable, Sendable {
        let client: Client
        let most: Int
        /// Whether further connections are refused where none of the client's own can be closed in their favour.
        let isStrict: Bool
    }

    /// Who counts as one client: an IPv4 address or an IPv6 network of 64 bits, which is the least that anybody gets
    /// (RFC 6177, section 2), so its holder has as many addresses as they like.
    struct Client: Hashable, Sendable {
        private let bytes: [UInt8]

        init(_ address: IPAddress) {
            bytes = Array(address.bytes.prefix(address.bytes.count == 4 ? 4 : 8))
        }
    }

    /// The most connections of one client.
    let perClient: Int
    private let perLoopback: Int
    private let trustedProxies: [IPNetwork]

    /// - Parameters:
    ///   - configured: The most connections of one client; nil for a quarter of all.
    ///   - total: How many connections there may be.
    init(configured: Int?, total: Int, trustedProxies: [IPNetwork]) {
        perClient = configured ?? max(1, total / 4)
        perLoopback = max(perClient, total * 3 / 4)
        self.trustedProxies = trustedProxies
    }

    /// What the other end of a connection may have; nil where that is not limited or not known.
    func allowance(of address: SocketAddress?) -> Allowance? {
        guard let address = IPAddress(address),
            !trustedProxies.contains(where: { $0.contains(address) })
        else { return nil }
        let isLocal = address.isLoopback
        return Allowance(client: Client(address), most: isLocal ? perLoopback : perClient, isStrict: !isLocal)
    }
}
