import NIOCore
import NIOPosix
import ShrinkrBase
import Synchronization
import Testing

@testable import ShrinkrAPI

/// How many connections one client may hold.
@Suite struct ClientConnectionLimitTests {
    private let limit = ClientConnectionLimit(
        configured: nil, total: 100, trustedProxies: [IPNetwork("10.0.0.0/8")].compactMap(\.self))

    private func allowance(_ text: String) throws -> ClientConnectionLimit.Allowance? {
        limit.allowance(of: try SocketAddress(ipAddress: text, port: 50_000))
    }

    @Test func quarterIsForOneClient() throws {
        let one = try #require(try allowance("198.51.100.1"))
        #expect(one.most == 25)
        #expect(one.isStrict)
        #expect(try allowance("198.51.100.2")?.client != one.client)
        #expect(try allowance("::ffff:198.51.100.1")?.client == one.client)
        #expect(limit.allowance(of: nil) == nil)
        #expect(ClientConnectionLimit(configured: 3, total: 100, trustedProxies: []).perClient == 3)
        #expect(ClientConnectionLimit(configured: nil, total: 1, trustedProxies: []).perClient == 1)
    }

    /// Who has an IPv6 address has a network of them.
    @Test func networkIsOneClient() throws {
        let one = try #require(try allowance("2001:db8:0:1::1"))
        #expect(try allowance("2001:db8:0:1:ffff::2")?.client == one.client)
        #expect(try allowance("2001:db8:0:2::1")?.client != one.client)
    }

    @Test func proxiesStandForMany() throws {
        #expect(try allowance("10.1.2.3") == nil)
        let local = try #require(try allowance("127.0.0.1"))
        #expect(local.most == 75)
        #expect(!local.isStrict)
        #expect(try allowance("::1")?.isStrict == false)
    }

    @Test func connectionPastTheLimitIsRefused() async throws {
        try await withAPI { api in
            let heard = Atomic(0)
            let connections = OpenConnections(
                limit: ClientConnectionLimit(configured: 2, total: 100, trustedProxies: []),
                onRefusal: { _ in heard.add(1, ordering: .relaxed) })
            /// A connection of a client at `address` with a request under way.
            func enter(_ address: String) async throws -> any Channel {
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: "127.0.0.1", port: api.port).get()
                connections.enter(channel, from: try SocketAddress(ipAddress: address, port: 50_000)).becameBusy()
                return channel
            }
            let kept = [try await enter("198.51.100.1"), try await enter("198.51.100.1")]
            let refused = try await enter("198.51.100.1")
            try await eventually("the third is closed") { !refused.isActive && connections.count == 2 }
            let other = try await enter("198.51.100.2")
            #expect((kept + [other]).allSatisfy { $0.isActive })
            #expect(connections.refused == 1)
            #expect(heard.load(ordering: .relaxed) == 1)
            try await kept[0].close()
            let next = try await enter("198.51.100.1")
            #expect(next.isActive)
            #expect(connections.refused == 1)
            for channel in [kept[1], other, next] { try await channel.close() }
        }
    }
}
