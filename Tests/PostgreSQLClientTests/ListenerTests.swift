#if PostgreSQL
import Foundation
@testable import PostgreSQLClient
import Testing

@Suite("PostgreSQL client: notices", .enabled(if: TestServer.isThere), .timeLimit(.minutes(10)))
struct ListenerTests {
    /// A channel of the test's own, with a quotation mark in its name.
    private let channel = "test \" \(UInt64.random(in: 0 ... .max))"

    private func withListener(
        _ body: (PostgreSQLListener, PostgreSQLPool) async throws -> Void
    ) async throws {
        var configuration = try TestServer.configuration()
        configuration.applicationName = "listens"
        let listener = PostgreSQLListener(configuration, channel: channel, logger: .silent)
        try await TestServer.withPool(connections: 1) { pool in
            do {
                try await body(listener, pool)
                await listener.close()
            } catch {
                await listener.close()
                throw error
            }
        }
    }

    private func notify(_ pool: PostgreSQLPool, _ payloads: [String]) async throws {
        let channel = PostgreSQLValue.text(channel)
        try await pool.write { session in
            _ = try session.pipeline(payloads.map { PostgreSQLCall("SELECT pg_notify($1, $2)", [channel, .text($0)]) })
        }
    }

    /// Payloads until there are as many.
    private func hear(_ listener: PostgreSQLListener, count: Int) async throws -> [String] {
        var heard: [String] = []
        try await eventually {
            if case .notices(let payloads) = await listener.wait(upTo: .milliseconds(200)) {
                heard += payloads.map { String(decoding: $0, as: UTF8.self) }
            }
            return heard.count >= count
        }
        return heard
    }

    @Test("Notices arrive in order once it is said that the listener is connected")
    func notices() async throws {
        try await withListener { listener, pool in
            #expect(await listener.wait(upTo: .seconds(300)) == .connected)
            #expect(await listener.wait(upTo: .milliseconds(10)) == .nothing)
            try await notify(pool, ["a", "", "ü", "b"])
            try await notify(pool, ["c"])
            #expect(try await hear(listener, count: 5) == ["a", "", "ü", "b", "c"])
        }
    }

    @Test("A wait ends with the first notice, not with its limit")
    func prompt() async throws {
        try await withListener { listener, pool in
            #expect(await listener.wait(upTo: .seconds(300)) == .connected)
            async let event = listener.wait(upTo: .seconds(36_000))
            try await notify(pool, ["now"])
            #expect(await event == .notices([Array("now".utf8)]))
        }
    }

    @Test("After its session was ended the listener connects again, and says that notices may have been missed")
    func reconnect() async throws {
        try await withListener { listener, pool in
            #expect(await listener.wait(upTo: .seconds(300)) == .connected)
            for _ in 0..<3 {
                let end: PostgreSQLStatement =
                    """
                    SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity
                    WHERE query = 'LISTEN ' || quote_ident($1)
                    """
                #expect(try await pool.query(end, [.text(channel)]).count == 1)
                // The loss is said unless it was mended before anybody asked.
                try await eventually { await listener.wait(upTo: .seconds(300)) == .connected }
                try await notify(pool, ["again"])
                #expect(try await hear(listener, count: 1) == ["again"])
            }
        }
    }

    @Test("While there is no server the listener says why")
    func lost() async throws {
        let url = "postgresql://a:geheim@127.0.0.1:1/b"
        let listener = PostgreSQLListener(try PostgreSQLConfiguration(url: url), channel: channel, logger: .silent)
        guard case .lost(let reason) = await listener.wait(upTo: .seconds(300)) else {
            Issue.record("The loss was not said")
            return
        }
        #expect(reason.contains("refused"))
        #expect(!reason.contains("geheim"))
        await listener.close()
    }

    @Test("More notices than are kept become one word that some were missed")
    func overflow() {
        let mailbox = ListenerMailbox()
        mailbox.connected()
        #expect(mailbox.take() == .connected)
        mailbox.add(Array(repeating: [1], count: ListenerMailbox.capacity))
        #expect(mailbox.take() == .notices(Array(repeating: [1], count: ListenerMailbox.capacity)))
        mailbox.add(Array(repeating: [1], count: ListenerMailbox.capacity + 1))
        mailbox.add([[2]])
        #expect(mailbox.take() == .connected)
        #expect(mailbox.take() == .notices([[2]]))
        #expect(mailbox.take() == nil)
    }

    @Test("A closed listener says that it is, again and again")
    func closed() async throws {
        let listener = PostgreSQLListener(try TestServer.configuration(), channel: channel, logger: .silent)
        await listener.close()
        for _ in 0..<2 { #expect(await listener.wait(upTo: .seconds(300)) == .lost("the listener was closed")) }
    }
}
#endif
