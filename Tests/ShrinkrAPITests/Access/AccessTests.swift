import ClickQueue
import Hummingbird
import NIOCore
import NIOPosix
import ShrinkrBase
import ShrinkrObservability
import ShrinkrStore
import StoreTestSupport
import Testing

@testable import ShrinkrAPI

/// Who may do what, with and without keys.
@Suite struct AccessTests {
    private static let link = #"{"url":"https://example.com/"}"#

    /// Every operation of the API with the scope that it needs.
    private static let operations: [(String, String, String?, APIScope)] = [
        ("POST", "/api/v1/links", link, .linksWrite),
        ("POST", "/api/v1/links/batch", #"{"links":[\#(link)]}"#, .linksWrite),
        ("GET", "/api/v1/links", nil, .linksRead), ("GET", "/api/v1/links/mine", nil, .linksRead),
        ("PATCH", "/api/v1/links/mine", "{}", .linksWrite), ("DELETE", "/api/v1/links/other", nil, .linksWrite),
        ("GET", "/api/v1/links/mine/stats", nil, .statsRead), ("GET", "/api/v1/stats", nil, .statsRead),
        ("POST", "/api/v1/keys", #"{"name":"n","scopes":["links:read"]}"#, .admin),
        ("GET", "/api/v1/keys", nil, .admin),
        ("DELETE", "/api/v1/keys/nothing", nil, .admin),
    ]

    private func prepare(_ api: TestAPI) async throws {
        for code in ["mine", "other"] { try await api.create(#"{"url":"https://example.com/","code":"\#(code)"}"#) }
    }

    @Test func loopbackNeedsNoKeyAsLongAsThereIsNone() async throws {
        try await withAPI { api in
            try await prepare(api)
            for (method, path, body, _) in Self.operations.dropLast(3) {
                let answer = try await api.send(method, path, body)
                #expect((200..<300).contains(answer.status), "\(method) \(path)")
            }
            // The first key closes the door.
            #expect(try await api.post("/api/v1/keys", #"{"name":"n","scopes":["admin"]}"#).status == 201)
            for (method, path, body, _) in Self.operations {
                let answer = try await api.send(method, path, body)
                expectProblem(answer, 401, "unauthorized")
                #expect(answer["www-authenticate"] == #"Bearer realm="shrinkr""#)
            }
            #expect(try await api.get("/mine").status == 302)
        }
    }

    @Test(arguments: APIScope.allCases)
    func keyOpensWhatItsScopeNames(_ scope: APIScope) async throws {
        try await withAPI { api in
            try await prepare(api)
            let key = try await api.addKey(scope)
            for (method, path, body, needed) in Self.operations {
                let answer = try await api.send(method, path, body, fields: ["Authorization": "Bearer \(key)"])
                if scope == needed || scope == .admin {
                    #expect(![401, 403].contains(answer.status), "\(method) \(path)")
                } else {
                    expectProblem(answer, 403, "forbidden")
                    #expect(answer["www-authenticate"]?.contains(#"scope="\#(needed.rawValue)""#) == true)
                }
            }
        }
    }

    @Test func expiredAndRevokedKeysOpenNothing() async throws {
        try await withAPI { api in
            let soon = TestClock.start.advanced(by: .seconds(60))
            let expiring = try await api.addKey(.linksRead, expiresAt: soon)
            let revoked = try await api.addKey(.linksRead, revokedAt: TestClock.start)
            func status(_ key: String) async throws -> Int {
                try await api.get("/api/v1/links", fields: ["Authorization": "Bearer \(key)"]).status
            }
            #expect(try await status(expiring) == 200)
            #expect(try await status(revoked) == 401)
            api.clock.advance(by: .seconds(60))
            #expect(try await status(expiring) == 401)
        }
    }

    @Test func wrongKeysOpenNothing() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let key = try await api.addKey(.linksRead)
            let parts = key.split(separator: "_")
            let otherSecret = "shk_\(parts[1])_" + String(repeating: "0", count: 64)
            let values = [
                otherSecret, "shk_000000000000_\(parts[2])", String(key.dropLast()), key + "0", key.uppercased(),
                "opensesam", "opensesame2", "OPENSESAME", "shk__", "''",
            ]
            for value in values {
                for fields: Fields in [["Authorization": "Bearer \(value)"], ["X-Api-Key": value]] {
                    let answer = try await api.get("/api/v1/links", fields: fields)
                    expectProblem(answer, 401, "unauthorized")
                    #expect(!answer.text.contains(value))
                }
            }
        }
    }

    /// Another scheme is a key in the wrong place, and no way around the one that is needed, nor around loopback.
    @Test(arguments: [true, false])
    func otherSchemeIsNoKey(_ hasKey: Bool) async throws {
        try await withAPI(configure: { $0.bootstrapKey = hasKey ? "opensesame" : nil }) { api in
            let values = [
                "Basic b3BlbnNlc2FtZQ==", "opensesame", "Bearer", "Bearer ", "Bearer a b", "Token opensesame", "",
            ]
            for value in values {
                let answer = try await api.get("/api/v1/links", fields: ["Authorization": value])
                expectProblem(answer, 401, "unauthorized")
                let isBare = value == "opensesame"
                #expect(answer.json["detail"]?.text?.contains("Write 'Bearer ' before the key.") == isBare)
            }
        }
    }

    /// A proxy's own credentials come along with everything that it lets pass.
    @Test(arguments: ["Basic b3BlbnNlc2FtZQ==", "Digest username=\"u\"", "Negotiate", "Token x", "opensesame"])
    func keyIsGoodBesideCredentialsOfAProxy(_ value: String) async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let fields: Fields = ["Authorization": value, "X-Api-Key": "opensesame"]
            #expect(try await api.get("/api/v1/links", fields: fields).status == 200)
            let twice: Fields = ["Authorization": value, "authorization": "Bearer opensesame"]
            #expect(try await api.get("/api/v1/links", fields: twice).status == 200)
            let wrong: Fields = ["Authorization": value, "X-Api-Key": "opensesame2"]
            expectProblem(try await api.get("/api/v1/links", fields: wrong), 401, "unauthorized")
        }
    }

    @Test func keyWithoutItsSchemeIsNamed() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let (key, other) = (try await api.addKey(.admin), try await api.addKey(.admin))
            let bare = try await api.get("/api/v1/links", fields: ["Authorization": key])
            expectProblem(bare, 401, "unauthorized")
            #expect(bare.json["detail"] == "Write 'Bearer ' before the key.")
            let fields: Fields = ["Authorization": key, "X-Api-Key": other]
            expectProblem(try await api.get("/api/v1/links", fields: fields), 401, "unauthorized")
            let same: Fields = ["Authorization": key, "X-Api-Key": key]
            #expect(try await api.get("/api/v1/links", fields: same).status == 200)
        }
    }

    /// Without a key, the same credentials are no proof that nobody stands between.
    @Test func credentialsOfAnotherSchemeAreNotNothing() async throws {
        try await withAPI { api in
            let answer = try await api.get("/api/v1/links", fields: ["Authorization": "Basic dTpw"])
            expectProblem(answer, 401, "unauthorized")
            #expect(try await api.get("/api/v1/links").status == 200)
        }
    }

    /// What is no key in a key's place is not passed over, whatever stands beside it.
    @Test func brokenBearerOpensNothing() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            for value in ["", "Bearer", "Bearer ", "Bearer a b", "Bearer opensesame x"] {
                let fields: Fields = ["Authorization": value, "X-Api-Key": "opensesame"]
                expectProblem(try await api.get("/api/v1/links", fields: fields), 401, "unauthorized")
            }
        }
    }

    /// Which of them a proxy in front of us has looked at, nobody knows.
    @Test func twoDifferentKeysOpenNothing() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let key = try await api.addKey(.admin)
            for (one, other) in [("opensesame", key), (key, "opensesame"), (key, ""), (key, "wrong"), ("wrong", key)] {
                let fields: Fields = ["Authorization": "Bearer \(one)", "X-Api-Key": other]
                expectProblem(try await api.get("/api/v1/links", fields: fields), 401, "unauthorized")
            }
            for name in ["Authorization", "X-Api-Key"] {
                let value = name == "Authorization" ? "Bearer \(key)" : key
                let fields: Fields = [name: value, name: value]
                expectProblem(try await api.get("/api/v1/links", fields: fields), 401, "unauthorized")
            }
            let same: Fields = ["Authorization": "Bearer \(key)", "X-Api-Key": key]
            #expect(try await api.get("/api/v1/links", fields: same).status == 200)
        }
    }

    /// Neither what is asked of the store nor the answer tells whether a key's identifier exists; that the hashes are
    /// made and compared in both cases is ``APIKey/matches(_:)``'s part.
    @Test func unknownAndWrongKeysTakeTheSameSteps() async throws {
        let store = CountingKeyStore(base: MemoryStore())
        try await withAPI(replace: { $0.keys = store }) { api in
            let key = APIKey()
            try await store.insert(
                APIKeyRecord(
                    id: key.id, name: "n", scopes: [.admin], secretHash: key.secretHash, createdAt: TestClock.start,
                    expiresAt: nil), completing: nil)
            let secret = String(repeating: "0", count: 64)
            var answers: [[String]] = []
            for id in ["000000000000", key.id] {
                let reads = store.reads
                let answer = try await api.get(
                    "/api/v1/links", fields: ["X-Api-Key": "shk_\(id)_\(secret)", "X-Request-Id": "same"])
                expectProblem(answer, 401, "unauthorized")
                #expect(store.reads == reads + 1)
                answers.append([answer.text] + answer.fields.filter { $0.name != "Date" }.map { "\($0)" })
            }
            #expect(answers[0] == answers[1])
        }
    }

    @Test func bootstrapKeyOpensEverything() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api async throws in
            let given: [Fields] = [
                ["Authorization": "Bearer opensesame"], ["Authorization": "bearer   opensesame"],
                ["X-Api-Key": "opensesame"],
            ]
            for fields in given {
                #expect(try await api.get("/api/v1/links", fields: fields).status == 200)
                #expect(try await api.get("/api/v1/keys", fields: fields).status == 200)
            }
        }
    }

    @Test(arguments: ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
    func proxiedRequestNeedsAKey(_ name: String) async throws {
        try await withAPI { api in
            let answer = try await api.post("/api/v1/links", Self.link, fields: [name: "127.0.0.1"])
            expectProblem(answer, 403, "loopback-only")
        }
    }

    @Test func webPageThatBorrowsOurAddressNeedsAKey() async throws {
        try await withAPI { api in
            expectProblem(
                try await api.post("/api/v1/links", Self.link, fields: ["Host": "evil.example:8000"]), 421,
                "misdirected-request")
            // Following links is for everybody.
            try await prepare(api)
            #expect(try await api.get("/mine", fields: ["Host": "evil.example"]).status == 302)
        }
    }

    @Test(arguments: ["192.168.1.5", "203.0.113.9", "2001:db8::1", "::"])
    func otherMachineNeedsAKey(_ peer: String) async throws {
        let authenticator = try makeAuthenticator()
        let context = try await makeContext(peer: peer)
        await #expect {
            _ = try await authenticator.authorize(request(), context, scope: .linksRead)
        } throws: {
            ($0 as? Problem)?.slug == "loopback-only"
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func thisMachineNeedsNone(_ peer: String) async throws {
        let authenticator = try makeAuthenticator()
        let context = try await makeContext(peer: peer)
        let caller = try await authenticator.authorize(request(), context, scope: .admin)
        #expect(caller.name == "loopback")
        #expect(try await !authenticator.requiresKey())
    }

    private func makeAuthenticator() throws -> Authenticator {
        let (registry, time) = (MetricsRegistry(), MonotonicTime(ContinuousClock()))
        let store = MemoryStore()
        return Authenticator(
            keys: store, bootstrapKey: nil, clients: ClientResolver(trustedProxies: []),
            pages: PageOrigins(policy: CrossOriginPolicy(origins: .nobody), own: TestAPI.origin),
            owners: ConnectionOwners(), limit: try RateLimiter(RateLimits(), registry: registry, time: time).wrongKeys,
            audit: try Audit(logger: silent, registry: registry, time: time),
            uses: KeyUses(store: store, clock: .system, logger: silent), clock: .system)
    }

    /// What is known of a request whose connection says nothing about its other end.
    private func makeContext(peer: String) async throws -> APIContext {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        var context = APIContext(source: ApplicationRequestContextSource(channel: channel, logger: silent))
        context.peer = IPAddress(peer)
        try await channel.close()
        return context
    }

    @Test func revokedKeyStillMeansThatKeysAreNeeded() async throws {
        try await withAPI { api in
            _ = try await api.addKey(.admin, revokedAt: TestClock.start)
            expectProblem(try await api.get("/api/v1/links"), 401, "unauthorized")
        }
    }

    /// From the first key on everybody needs one, and no stranger costs another look at the database.
    @Test func thatThereAreKeysIsRemembered() async throws {
        let store = CountingKeyStore(base: MemoryStore())
        try await withAPI(replace: { $0.keys = store }) { api in
            for _ in 0..<2 { #expect(try await api.get("/api/v1/links").status == 200) }
            #expect(try await api.post("/api/v1/keys", #"{"name":"n","scopes":["admin"]}"#).status == 201)
            expectProblem(try await api.get("/api/v1/links"), 401, "unauthorized")
            let looks = store.looks
            for _ in 0..<3 { expectProblem(try await api.get("/api/v1/links"), 401, "unauthorized") }
            #expect(store.looks == looks)
        }
    }

    /// Access is checked before anything of the request is read.
    @Test func strangerLearnsNothing() async throws {
        try await withAPI(configure: { $0.bootstrapKey = "opensesame" }) { api in
            let answers = [
                try await api.get("/api/v1/links/nothing"), try await api.post("/api/v1/links", "{"),
                try await api.get("/api/v1/links?limit=0"), try await api.get("/api/v1/stats?tz=x"),
                try await api.post("/api/v1/links", "{}", fields: ["Content-Type": "text/plain"]),
            ]
            for answer in answers { expectProblem(answer, 401, "unauthorized") }
        }
    }
}
