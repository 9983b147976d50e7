import AWSTestSupport
import NIOHTTP1
import Synchronization
import Testing

@testable import AWSRuntime

@Suite("AWS client over a real socket")
struct AWSClientTests {
    private struct Empty: Codable {}

    private func operation(timeout: Duration? = nil, maximumBytes: Int = 1024) -> AWSJSONOperation {
        AWSJSONOperation(
            service: AWSService("sqs"),
            targetPrefix: "AmazonSQS",
            name: "ListQueues",
            attemptTimeout: timeout,
            maximumResponseBytes: maximumBytes
        )
    }

    private func call(_ client: AWSClient, timeout: Duration? = nil, maximumBytes: Int = 1024) async throws {
        let operation = operation(timeout: timeout, maximumBytes: maximumBytes)
        let _: Empty = try await client.callJSON(operation, Empty())
    }

    @Test("What arrives is what was signed")
    func signature() async throws {
        let credentials = AWSCredentials.temporary("x")
        try await withFakeAWS(credentials: credentials) { _ in
            .json("{}")
        } _: { client, server in
            try await call(client)
            let request = try #require(server.requests.first)
            #expect(request.method == .POST)
            #expect(request.uri == "/")
            #expect(request.headers["content-type"] == ["application/x-amz-json-1.0"])
            #expect(request.headers["x-amz-target"] == ["AmazonSQS.ListQueues"])
            #expect(request.isSigned(with: credentials, region: "eu-central-1", service: "sqs"))
            #expect(!request.isSigned(with: .test, region: "eu-central-1", service: "sqs"))
        }
    }

    @Test("Retries transient failures, signing anew each time")
    func retriesAndSignsAnew() async throws {
        let world = TestWorld()
        let counter = Counter()
        try await withFakeAWS(world: world) { _ in
            world.now = world.now.adding(seconds: 1)
            return counter.next() < 3 ? .json("{}", status: 503) : .json("{}")
        } _: { client, server in
            try await call(client)
            #expect(world.sleeps == [.milliseconds(25), .milliseconds(50)])
            #expect(Set(server.requests.compactMap(\.signingTime)).count == 3)
            for request in server.requests {
                #expect(request.isSigned(with: .test, region: "eu-central-1", service: "sqs"))
            }
        }
    }

    @Test("Waits as long as a throttling service asks for")
    func retryAfter() async throws {
        let world = TestWorld()
        let counter = Counter()
        try await withFakeAWS(world: world) { _ in
            switch counter.next() {
            case 1: .json(#"{"__type":"x#ThrottlingException"}"#, status: 400, headers: ["x-amz-retry-after": "1500"])
            case 2: .json("", status: 429, headers: ["retry-after": "2"])
            default: .json("{}")
            }
        } _: { client, _ in
            try await call(client)
            #expect(world.sleeps == [.milliseconds(1500), .seconds(2)])
        }
    }

    @Test("Gives up after three attempts and says what AWS said")
    func givesUp() async throws {
        try await withFakeAWS { _ in
            .json(#"{"__type":"InternalError","message":"Oops."}"#, status: 500, headers: ["x-amzn-requestid": "r-1"])
        } _: { client, server in
            let error = await #expect(throws: AWSError.self) { try await call(client) }
            #expect(server.requests.count == 3)
            #expect(error?.code == .service)
            #expect(error?.serviceCode == "InternalError")
            #expect(error?.httpStatus == 500)
            #expect(error?.requestID == "r-1")
            #expect(error?.isRetryable == true)
            #expect(error?.description.contains("Oops (") == true)
        }
    }

    @Test("A refusal is not tried again")
    func permanent() async throws {
        try await withFakeAWS { _ in
            .json(#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#, status: 400)
        } _: { client, server in
            let error = await #expect(throws: AWSError.self) { try await call(client) }
            #expect(error?.serviceCode == "QueueDoesNotExist")
            #expect(error?.isRetryable == false)
            #expect(server.requests.count == 1)
        }
    }

    @Test("A broken connection is tried again")
    func brokenConnection() async throws {
        let counter = Counter()
        try await withFakeAWS { _ in
            counter.next() == 1 ? .closeConnection : .json("{}")
        } _: { client, server in
            try await call(client)
            #expect(server.requests.count == 2)
        }
    }

    @Test("Nobody listening is a connection error")
    func refusedConnection() async throws {
        let url = try await FakeAWS.run({ _ in .json("{}") }) { _, url in url }
        let client = try AWSClient.make(
            environment: AWSEnvironment([
                "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": url,
                "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
            ]),
            seams: TestWorld().seams,
            logger: .silent
        )
        let error = await #expect(throws: AWSError.self) { try await call(client) }
        #expect(error?.code == .connection)
        #expect(error?.isRetryable == true)
        try await client.shutdown()
    }

    @Test("A wrong clock is corrected by the server's, for later calls too")
    func clockSkew() async throws {
        let world = TestWorld()
        let serverTime = "Sat, 22 Nov 2025 15:00:00 GMT"
        let threeHoursLater = world.now.adding(seconds: 3 * 3600)
        try await withFakeAWS(world: world) { request in
            if request.signingTime == threeHoursLater { return .json("{}") }
            return .json(#"{"__type":"RequestExpired"}"#, status: 400, headers: ["date": serverTime])
        } _: { client, server in
            try await call(client)
            #expect(server.requests.count == 2)
            #expect(world.sleeps.isEmpty)
            try await call(client)
            #expect(server.requests.count == 3)
        }
    }

    @Test("Two calls with the same wrong clock both recover")
    func clockSkewTwice() {
        let world = TestWorld()
        let clock = CorrectedClock { world.now }
        let signedAt = clock.now
        let serverTime = signedAt.adding(seconds: -900)
        #expect(clock.learn(serverTime, signedAt: signedAt))
        #expect(clock.now == serverTime)
        #expect(clock.learn(serverTime, signedAt: signedAt))
        #expect(clock.now == serverTime)
        #expect(!clock.learn(serverTime.adding(seconds: 5), signedAt: clock.now))
        #expect(!clock.learn(nil, signedAt: signedAt))
    }

    @Test("A wrong secret is not taken for a wrong clock")
    func wrongSecret() async throws {
        try await withFakeAWS { _ in
            .json(
                #"{"__type":"InvalidSignatureException"}"#, status: 403,
                headers: ["date": "Sat, 22 Nov 2025 12:00:03 GMT"])
        } _: { client, server in
            await #expect(throws: AWSError.self) { try await call(client) }
            #expect(server.requests.count == 1)
        }
    }

    @Test("Expired credentials are fetched again, once")
    func expiredToken() async throws {
        struct Rotating: CredentialProvider {
            let counter = Counter()
            func fetch() async throws -> AWSCredentials? { .temporary(String(counter.next())) }
        }
        let transport = FakeTransport { request in
            request.headers["x-amz-security-token"] == ["token-1"]
                ? .text(#"{"__type":"ExpiredTokenException"}"#, status: 400) : .text("{}")
        }
        let client = AWSClient(
            environment: AWSEnvironment([:]),
            region: "eu-central-1",
            credentials: Rotating(),
            transport: transport,
            seams: TestWorld().seams,
            logger: .silent
        )
        try await call(client)
        #expect(transport.requests.map { $0.headers["x-amz-security-token"] } == [["token-1"], ["token-2"]])
        try await client.shutdown()
    }

    @Test("Silence, before and after the head, ends at the attempt's limit", arguments: [true, false])
    func attemptTimeout(_ headFirst: Bool) async throws {
        var policy = RetryPolicy()
        policy.maximumAttempts = 2
        try await withFakeAWS(policy: policy) { _ in
            headFirst ? .headOnly : .neverAnswer
        } _: { client, server in
            let error = await #expect(throws: AWSError.self) {
                try await call(client, timeout: .milliseconds(100))
            }
            #expect(error?.code == .timeout)
            #expect(server.requests.count == 2)
        }
    }

    @Test("Cancelling ends a call at once", .timeLimit(.minutes(5)), arguments: [true, false])
    func cancellation(_ headFirst: Bool) async throws {
        try await withFakeAWS { _ in
            headFirst ? .headOnly : .neverAnswer
        } _: { client, server in
            let task = Task { try await call(client, timeout: .seconds(3600)) }
            await server.waitForRequest()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.requests.count == 1)
        }
    }

    @Test("A body over the limit is refused, one at the limit is not")
    func boundedBody() async throws {
        let body = "{" + String(repeating: " ", count: 98) + "}"
        try await withFakeAWS { _ in
            .json(body)
        } _: { client, server in
            try await call(client, maximumBytes: 100)
            let error = await #expect(throws: AWSError.self) { try await call(client, maximumBytes: 99) }
            #expect(error?.code == .responseTooLarge)
            #expect(server.requests.count == 2)
        }
    }

    @Test("Redirects are errors")
    func redirect() async throws {
        try await withFakeAWS { _ in
            .json("", status: 307, headers: ["location": "http://127.0.0.1:1/"])
        } _: { client, server in
            let error = await #expect(throws: AWSError.self) { try await call(client) }
            #expect(error?.httpStatus == 307)
            #expect(server.requests.count == 1)
        }
    }

    @Test("An answer that is not JSON")
    func malformed() async throws {
        struct Output: Decodable { let name: String }
        try await withFakeAWS { _ in
            .json("<html>")
        } _: { client, _ in
            let error = await #expect(throws: AWSError.self) {
                let _: Output = try await client.callJSON(operation(), Empty())
            }
            #expect(error?.code == .malformedResponse)
        }
    }

    @Test("No region, no client")
    func noRegion() throws {
        #expect(throws: AWSError.self) {
            try AWSClient.make(environment: AWSEnvironment([:]), logger: .silent)
        }
    }
}
