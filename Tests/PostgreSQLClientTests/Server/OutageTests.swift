#if PostgreSQL
import Foundation
import Glibc
@testable import PostgreSQLClient
import Testing

@Suite("PostgreSQL client: outages", .enabled(if: TestServer.isThere), .timeLimit(.minutes(10)))
struct OutageTests {
    private func pool(
        _ url: String, connections: Int = 4, _ change: (inout PostgreSQLConfiguration) -> Void = { _ in }
    ) throws -> PostgreSQLPool {
        var configuration = try PostgreSQLConfiguration(url: url)
        configuration.connections = connections
        configuration.waitLimit = .seconds(300)
        configuration.connectTimeout = .seconds(60)
        configuration.retryRule.timeLimit = .seconds(300)
        change(&configuration)
        return PostgreSQLPool(configuration, logger: .silent)
    }

    @Test("A restart of the server is not noticed but by its time")
    func restart() async throws {
        try await PrivateServer.run { server in
            let pool = try pool(server.url)
            try await pool.withSession { try $0.script("CREATE TABLE t (key bigint PRIMARY KEY)") }
            let over = Gate()
            // A commit whose connection is lost may have been one; every other call works.
            let writer = Task { () -> (done: Int64, unknown: Int64) in
                var (done, unknown): (Int64, Int64) = (0, 0)
                while !over.isOpen {
                    let key = PostgreSQLValue.int(done + unknown)
                    do {
                        try await pool.write { _ = try $0.execute("INSERT INTO t VALUES ($1)", [key]) }
                        done += 1
                    } catch let error as PostgreSQLError where error.kind == .outcomeUnknown {
                        unknown += 1
                    }
                }
                return (done, unknown)
            }
            let reader = Task {
                while !over.isOpen { _ = try await pool.query("SELECT count(*) FROM t") }
            }
            for _ in 0..<2 { try await server.shell("$run pg_ctl restart -D $data -m fast -s -w -l $data/server.log") }
            try await server.shell("$run pg_ctl restart -D $data -m immediate -s -w -l $data/server.log")
            over.open()
            try await reader.value
            let (done, unknown) = try await writer.value
            let count = try await pool.query("SELECT count(*) FROM t")[0].int(0)
            #expect(done > 0)
            #expect(count >= done && count <= done + unknown)
            await pool.close()
        }
    }

    @Test("While the server is stopped calls fail at once after the first have waited, and work again afterwards")
    func stopped() async throws {
        try await PrivateServer.run { server in
            let pool = try pool(server.url) { $0.waitLimit = .milliseconds(500) }
            try await eventually { (try? await pool.query("SELECT 1")) != nil }
            try await server.stop()
            let first = try await PostgreSQLError.thrown { try await pool.query("SELECT 1") }
            #expect(first.kind == .unavailable)
            try await eventually {
                let start = ContinuousClock.now
                _ = try? await pool.query("SELECT 1")
                return ContinuousClock.now - start < .milliseconds(50)
            }
            for _ in 0..<100 {
                let error = try await PostgreSQLError.thrown { try await pool.write { try $0.query("SELECT 1") } }
                #expect(error.kind == .unavailable)
            }
            try await server.start()
            try await eventually { (try? await pool.query("SELECT 1")) != nil }
            await pool.close()
        }
    }

    @Test("Where the server has no room for all connections, the pool goes on with those it has")
    func tooManyConnections() async throws {
        try await PrivateServer.run { server in
            try await server.shell("echo max_connections = 6 >> $data/postgresql.conf")
            try await server.shell("echo superuser_reserved_connections = 3 >> $data/postgresql.conf")
            try await server.shell("$run pg_ctl restart -D $data -m fast -s -w -l $data/server.log")
            let owner = try pool(server.url, connections: 1)
            try await owner.withSession { try $0.script("CREATE ROLE plain LOGIN PASSWORD 'plain'") }
            let plain = try #require(URLComponents(string: server.url))
            var other = plain
            other.user = "plain"
            other.password = "plain"
            let pool = try pool(try #require(other.string), connections: 8)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<60 {
                    group.addTask { try await pool.read(.prompt) { _ = try $0.query("SELECT pg_sleep(0.02)") } }
                }
                try await group.waitForAll()
            }
            await pool.close()
            await owner.close()
        }
    }

    @Test("A server that takes a connection and says nothing is given up after the time-out; the next host is tried")
    func silentHost() async throws {
        let listener = try SilentListener()
        let shared = try #require(TestServer.url)
        let url = try #require(URLComponents(string: shared))
        let password = try #require(url.password)
        let port = try #require(url.port)
        let silent = "postgresql://shrinkr:\(password)@127.0.0.1:\(listener.port)"
        let alone = try pool("\(silent)/postgres") { $0.connectTimeout = .milliseconds(200) }
        let error = try await PostgreSQLError.thrown { try await alone.query("SELECT 1") }
        #expect(error.kind == .unavailable)
        #expect(!"\(error)".contains(password))
        await alone.close()
        let both = try pool("\(silent),127.0.0.1:\(port)/postgres") {
            $0.connectTimeout = .seconds(10)
        }
        #expect(try await both.query("SELECT 1::bigint")[0].int(0) == 1)
        await both.close()
    }

    @Test("A server that takes no more writes is left for another one that does")
    func failover() async throws {
        try await PrivateServer.run { first in
            try await PrivateServer.run { second in
                for server in [first, second] {
                    let owner = try pool(server.url, connections: 1)
                    try await owner.withSession { session in
                        try session.script("CREATE TABLE t (key bigint); ALTER ROLE shrinkr PASSWORD 'same'")
                    }
                    await owner.close()
                }
                let ports = [first, second].compactMap { URLComponents(string: $0.url)?.port }
                let hosts = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
                let pool = try pool("postgresql://shrinkr:same@\(hosts)/postgres")
                let write: @Sendable (PostgreSQLSession) throws -> Int64 = { session in
                    try session.execute("INSERT INTO t VALUES (1)")
                    return try session.query("SELECT inet_server_port()")[0].int(0)
                }
                #expect(try await pool.write(write) == Int64(ports[0]))
                try await first.shell("echo default_transaction_read_only = on >> $data/postgresql.conf")
                try await first.shell("$run pg_ctl reload -D $data -s")
                // The server takes note of its settings a moment later.
                try await eventually { try await pool.write(write) == Int64(ports[1]) }
                await pool.close()
            }
        }
    }

    @Test("A session that does not answer is given up after its time-out")
    func silentSession() async throws {
        try await PrivateServer.run { server in
            let pool = try pool(server.url, connections: 1) {
                $0.statementTimeout = .milliseconds(200)
            }
            let mine = try await pool.query("SELECT pg_backend_pid()")[0].int(0)
            try await server.shell("$run kill -STOP \(mine)")
            #expect(try await pool.query("SELECT pg_backend_pid()")[0].int(0) != mine)
            try await server.shell("$run kill -CONT \(mine)")
            await pool.close()
        }
    }

    @Test("A wrong password, an unknown host and a closed port are said without the password")
    func refused() async throws {
        let url = try #require(TestServer.url)
        var parts = try #require(URLComponents(string: url))
        parts.password = "wrong-pass%word"
        let wrong = try pool(try #require(parts.string))
        let error = try await PostgreSQLError.thrown { try await wrong.query("SELECT 1") }
        #expect(error.kind == .unavailable)
        #expect(error.sqlState == "28P01")
        #expect(error.message.contains("PostgreSQL refuses the password"))
        #expect(error.message.contains("authentication"))
        #expect(!"\(error)".contains("wrong-pass"))
        #expect(!"\(error)".contains("LOCATION"))
        #expect(wrong.isPasswordRefused)
        await wrong.close()
        parts = try #require(URLComponents(string: url))
        parts.path = "/not_there"
        let other = try pool(try #require(parts.string))
        #expect(try await PostgreSQLError.thrown { try await other.query("SELECT 1") }.sqlState == "3D000")
        #expect(!other.isPasswordRefused)
        await other.close()
        for address in ["127.0.0.1:1", "host.invalid:5432"] {
            let nowhere = try pool("postgresql://a:geheim@\(address)/b?sslmode=disable")
            let error = try await PostgreSQLError.thrown { try await nowhere.query("SELECT 1") }
            #expect(error.kind == .unavailable)
            #expect(!"\(error)".contains("geheim"))
            await nowhere.close()
        }
    }

    @Test("A connection whose life has ended stays while the server refuses the password")
    func rotation() async throws {
        try await PrivateServer.run { server in
            let password = try #require(URLComponents(string: server.url)?.password)
            let owner = try pool(server.url, connections: 2)
            let rotating = try pool(server.url, connections: 1) { $0.maximumLife = .milliseconds(1) }
            let session: @Sendable () async throws -> Int64 = {
                try await rotating.query("SELECT pg_backend_pid()")[0].int(0)
            }
            let first = try await session()
            try await eventually { try await session() != first }
            #expect(!rotating.isPasswordRefused)
            try await owner.write { session in
                _ = try session.execute("ALTER ROLE shrinkr PASSWORD 'another'")
            }
            try await eventually {
                _ = try await session()
                return rotating.isPasswordRefused
            }
            let kept = try await session()
            for _ in 0..<20 { #expect(try await session() == kept) }
            // The one session of this pool is older than the password, too.
            try await owner.write { session in
                _ = try session.execute(PostgreSQLStatement("ALTER ROLE shrinkr PASSWORD '\(password)'"))
                _ = try session.query("SELECT pg_terminate_backend($1::bigint::int)", [.int(kept)])
            }
            try await eventually { try await session() != kept }
            #expect(!rotating.isPasswordRefused)
            await rotating.close()
            await owner.close()
        }
    }

    @Test("The server's certificate is checked: the right authority and name, and no other")
    func tls() async throws {
        try await PrivateServer.run { server in
            let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let make = "$run openssl req -x509 -newkey rsa:2048 -nodes -days 2 -addext"
            try await server.shell(
                "\(make) subjectAltName=DNS:localhost -subj /CN=own -keyout $data/server.key -out $data/server.crt")
            try await server.shell(
                "\(make) subjectAltName=DNS:localhost -subj /CN=other -keyout $data/other.key -out $data/other.crt")
            try await server.shell("cp $data/server.crt $data/other.crt \(folder.path) && chmod 644 \(folder.path)/*")
            try await server.shell("echo ssl = on >> $data/postgresql.conf")
            try await server.shell("$run sed -i s/^host/hostssl/ $data/pg_hba.conf")
            try await server.shell("$run pg_ctl restart -D $data -m fast -s -w -l $data/server.log")
            var parts = try #require(URLComponents(string: server.url))
            func attempt(host: String, certificate: String, mode: String = "verify-full") async throws -> PostgreSQLRows
            {
                parts.host = host
                parts.query = "sslmode=\(mode)&sslrootcert=\(folder.path)/\(certificate)"
                let pool = try pool(try #require(parts.string))
                do {
                    let large =
                        "SELECT version(), (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), repeat('x', 3000000)"
                    let rows = try await pool.query(PostgreSQLStatement(large))
                    await pool.close()
                    return rows
                } catch {
                    await pool.close()
                    throw error
                }
            }
            let rows = try await attempt(host: "localhost", certificate: "server.crt")
            #expect(try rows[0].bool(1))
            #expect(try rows[0].text(2).utf8.count == 3_000_000)
            for (host, certificate, mode) in [
                ("localhost", "other.crt", "verify-full"), ("127.0.0.1", "server.crt", "verify-full"),
                ("localhost", "missing.crt", "verify-full"), ("localhost", "server.crt", "disable"),
            ] {
                let error = try await PostgreSQLError.thrown {
                    try await attempt(host: host, certificate: certificate, mode: mode)
                }
                #expect(error.kind == .unavailable)
            }
        }
    }
}

/// A port of this machine that takes connections and never says anything.
private final class SilentListener {
    let port: UInt16
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure = withUnsafeMutablePointer(to: &address) { [socket] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) | listen(socket, 8) | getsockname(socket, pointer, &length)
            }
        }
        try #require(failure == 0)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }
}
#endif
