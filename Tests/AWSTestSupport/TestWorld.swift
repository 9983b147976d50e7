package import AWSRuntime
package import Logging
import Synchronization

/// The outside world of a test: a clock that stands still until it is set, waits that only are noted, files by name.
package final class TestWorld: Sendable {
    private struct Contents {
        var now = UTCTime(secondsSinceEpoch: 1_763_812_800)
        var uptime: Duration = .zero
        var sleeps: [Duration] = []
        var files: [String: String] = [:]
    }

    private let contents = Mutex(Contents())

    package init() {}

    package var now: UTCTime {
        get { contents.withLock { $0.now } }
        set { contents.withLock { $0.now = newValue } }
    }

    package var sleeps: [Duration] {
        contents.withLock { $0.sleeps }
    }

    package func setFile(_ path: String, _ text: String?) {
        contents.withLock { $0.files[path] = text }
    }

    /// Every wait moves the uptime clock on and returns at once; chance is always one half.
    package var seams: AWSSeams {
        AWSSeams(
            now: { self.now },
            uptime: { self.contents.withLock { $0.uptime } },
            sleep: { duration in
                try Task.checkCancellation()
                self.contents.withLock {
                    $0.sleeps.append(duration)
                    $0.uptime += duration
                }
            },
            random: { 0.5 },
            readFile: { path in self.contents.withLock { $0.files[path] } }
        )
    }
}

/// A thread-safe counter for handlers that answer differently the second time.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    /// 1 at the first call.
    package func next() -> Int {
        count.wrappingAdd(1, ordering: .relaxed).newValue
    }

    package var value: Int { count.load(ordering: .relaxed) }
}

extension AWSCredentials {
    package static let test = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "test-secret")

    package static func temporary(_ name: String, expires: UTCTime? = nil) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: "ASIA\(name)",
            secretAccessKey: "secret-\(name)",
            sessionToken: "token-\(name)",
            expiration: expires
        )
    }
}

extension Logger {
    /// A logger that writes nothing.
    package static var silent: Logger {
        Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    }
}

/// Runs a client that sends to a fake AWS over a real socket.
package func withFakeAWS<Result>(
    world: TestWorld = TestWorld(),
    policy: RetryPolicy = RetryPolicy(),
    credentials: AWSCredentials = .test,
    _ handler: @escaping @Sendable (FakeRequest) -> FakeAWS.Reply,
    _ body: (AWSClient, FakeAWS) async throws -> Result
) async throws -> Result {
    try await FakeAWS.run(handler) { server, url in
        let environment = AWSEnvironment([
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": credentials.accessKeyID,
            "AWS_SECRET_ACCESS_KEY": credentials.secretAccessKey,
            "AWS_SESSION_TOKEN": credentials.sessionToken ?? "",
        ])
        let client = try AWSClient.make(
            environment: environment,
            retryPolicy: policy,
            seams: world.seams,
            logger: .silent
        )
        do {
            let result = try await body(client, server)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }
}
