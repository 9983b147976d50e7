import FoundationEssentials
import ShrinkrBase
import ShrinkrStore
import Testing

@testable import ShrinkrAPI

/// Who owns the other end of a connection, by tables as Linux writes them.
@Suite struct SocketTableTests {
    private static let title =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    private func withTables(_ tables: [String: String], _ test: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        for (name, text) in tables {
            try Data((Self.title + text).utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
        }
        try test(folder.path)
        withExtendedLifetime(folder) {}
    }

    private func end(_ address: String, _ port: Int) throws -> SocketTable.End {
        SocketTable.End(address: try #require(IPAddress(address)), port: port)
    }

    private func line(_ local: String, _ remote: String, user: Int, inode: Int) -> String {
        "   1: \(local) \(remote) 01 00000000:00000000 00:00000000 00000000  \(user)        0 \(inode) 1 0 20 4 30 10 -1\n"
    }

    #if _endian(little)
    @Test func ownerIsThatOfTheOtherEnd() throws {
        let table =
            line("0100007F:1F40", "00000000:0000", user: 7, inode: 1)
            + line("0100007F:1F40", "0100007F:9C40", user: 7, inode: 2)
            + line("0100007F:9C40", "0100007F:1F40", user: 33, inode: 3)
            + line("0100007F:9C41", "0100007F:1F40", user: 0, inode: 0)
        try withTables(["tcp": table, "tcp6": ""]) { folder throws in
            let own = try end("127.0.0.1", 8_000)
            func owner(_ port: Int) throws -> SocketTable.Owner? {
                SocketTable.owner(of: try end("127.0.0.1", port), connectedWith: own, folder: folder)
            }
            #expect(try owner(40_000) == .user(33))
            // Closed by its program, and never there.
            #expect(try owner(40_001) == .nobody)
            #expect(try owner(40_002) == .nobody)
        }
    }

    @Test func addressesOfBothKindsAreRead() throws {
        let table =
            line(
                "00000000000000000000000001000000:9C40", "00000000000000000000000001000000:1F40", user: 5, inode: 1)
            + line(
                "0000000000000000FFFF00000100007F:9C41", "0000000000000000FFFF00000100007F:1F40", user: 6, inode: 2)
        try withTables(["tcp6": table]) { folder throws in
            #expect(
                SocketTable.owner(
                    of: try end("::1", 40_000), connectedWith: try end("::1", 8_000), folder: folder) == .user(5))
            // IPv4 over a socket for IPv6.
            #expect(
                SocketTable.owner(
                    of: try end("127.0.0.1", 40_001), connectedWith: try end("127.0.0.1", 8_000), folder: folder)
                    == .user(6))
        }
    }
    #endif

    @Test func withoutTablesNothingIsKnown() throws {
        let (own, other) = (try end("127.0.0.1", 8_000), try end("127.0.0.1", 40_000))
        #expect(SocketTable.owner(of: other, connectedWith: own, folder: "/nowhere") == nil)
        // Not even the socket that we listen on.
        try withTables(["tcp": "", "tcp6": ""]) { folder throws in
            #expect(SocketTable.owner(of: other, connectedWith: own, folder: folder) == nil)
        }
        try withTables(["tcp": "nonsense\n\n 1: zz:zz zz:zz\n"]) { folder throws in
            #expect(SocketTable.owner(of: other, connectedWith: own, folder: folder) == .nobody)
        }
    }

    /// A connection of this test's own, judged as if it were another user's.
    @Test func anotherUsersConnectionNeedsAKey() async throws {
        try await withAPI(replace: { $0.owners = ConnectionOwners(user: 4_242) }) { api in
            let connection = try await Connection.open(api.port)
            for _ in 0..<2 {
                try await connection.send(api.requestText("GET", "/api/v1/links"))
                let answer = try await connection.answer()
                expectProblem(answer, 403, "loopback-only")
                #expect(
                    answer.json["detail"]?.text?.hasPrefix(
                        "The request came through a proxy, or from another user of this machine, ") == true)
            }
            await connection.close()
            let key = try await api.addKey(.linksRead)
            #expect(try await api.get("/api/v1/links", fields: ["X-Api-Key": key]).status == 200)
        }
    }

    @Test func forwardedRequestIsToldWhatToDo() async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/links", fields: ["X-Forwarded-For": "192.0.2.1"])
            #expect(answer.json["detail"]?.text?.hasPrefix("The request came through a proxy, and ") == true)
            #expect(answer.json["detail"]?.text?.contains("'shrinkr keys create --name admin --scope admin'") == true)
        }
    }
}
