import AWSRuntime
import AWSS3
import AWSSQS
import FoundationEssentials
import NIOHTTP1
import Testing

/// Against a real server such as moto: `SHRINKR_TEST_AWS_ENDPOINT` is its URL. Region and credentials may come from the
/// usual variables.
@Suite(
    "Live SQS and S3",
    .enabled(if: LiveAWS.endpoint != nil, "SHRINKR_TEST_AWS_ENDPOINT names no SQS and S3 server"),
    .timeLimit(.minutes(10))
)
struct LiveAWSTests {
    @Test("SQS: send, receive, hide, show, delete")
    func queue() async throws {
        try await LiveAWS.withClient { client in
            let queue = try await LiveAWS.makeQueue(client, visibilityTimeout: 60)
            let bodies = (0..<23).map { "frame \($0): ü 🔗 \"\\\n\t<&>" }
            for result in try await queue.sendMessages(bodies) { #expect(throws: Never.self) { try result.get() } }

            var received: [SQSMessage] = []
            while received.count < bodies.count {
                let messages = try await queue.receiveMessages(waitTime: .seconds(1))
                try #require(!messages.isEmpty)
                received += messages
            }
            #expect(Set(received.map(\.body)) == Set(bodies.map { Array($0.utf8) }))
            #expect(received.allSatisfy { $0.receiveCount == 1 })
            #expect(try await queue.queueAttributes().inFlightMessages == bodies.count)

            let shown = received.prefix(11).map { SQSVisibilityChange(receiptHandle: $0.receiptHandle, timeout: .zero) }
            for result in try await queue.changeVisibility(Array(shown)) {
                #expect(throws: Never.self) { try result.get() }
            }
            let again = try await queue.receiveMessages(waitTime: .seconds(1), visibilityTimeout: .seconds(30))
            #expect(again.count == 10)
            #expect(again.allSatisfy { $0.receiveCount == 2 })

            let handles = received.dropFirst(11).map(\.receiptHandle) + again.map(\.receiptHandle)
            for result in try await queue.deleteMessages(handles) { #expect(throws: Never.self) { try result.get() } }
            let attributes = try await queue.queueAttributes()
            #expect(attributes.visibleMessages + attributes.inFlightMessages == 1)
            #expect(attributes.visibilityTimeout == .seconds(60))
        }
    }

    @Test("SQS: a long poll is cancelled at once")
    func cancelLongPoll() async throws {
        try await LiveAWS.withClient { client in
            let queue = try await LiveAWS.makeQueue(client, visibilityTimeout: 60)
            for _ in 0..<5 {
                let poll = Task { try await queue.receiveMessages(waitTime: .seconds(20)) }
                _ = try? await queue.queueAttributes()
                poll.cancel()
                do {
                    // On a busy machine the other call may take so long that the poll has ended by itself.
                    _ = try await poll.value
                } catch is CancellationError {
                    return
                }
            }
            Issue.record("no poll was cancelled")
        }
    }

    @Test("SQS: a queue that does not exist")
    func missingQueue() async throws {
        try await LiveAWS.withClient { client in
            let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/missing-\(LiveAWS.name())"
            let queue = try SQSClient(client: client, queueURL: url)
            let error = await #expect(throws: AWSError.self) { try await queue.queueAttributes() }
            #expect(error?.serviceCode?.contains("QueueDoesNotExist") == true)
            #expect(error?.isRetryable == false)
        }
    }

    // moto told to check signatures (INITIAL_NO_AUTH_ACTION_COUNT) refuses the second key from boto3 too; the signing of
    // such keys is proven by the vectors.
    @Test("S3: what was put is there", arguments: ["plain", "dt=2026-11-22/hour=20/a b+c%ü🔗.gz", "a//b/./c"])
    func objects(_ key: String) async throws {
        try await LiveAWS.withClient { client in
            let bucket = try await LiveAWS.makeBucket(client)
            for text in ["first", "second"] {
                try await S3Client(client: client).putObject(
                    bucket: bucket, key: key, body: Array(text.utf8), contentType: "application/x-ndjson",
                    contentEncoding: "identity")
                let object = try await LiveAWS.object(key, in: bucket, client)
                #expect(object.body == Array(text.utf8))
                #expect(object.headers.first(name: "content-type") == "application/x-ndjson")
            }
        }
    }

    @Test("S3: a bucket that does not exist")
    func missingBucket() async throws {
        try await LiveAWS.withClient { client in
            let error = await #expect(throws: AWSError.self) {
                try await S3Client(client: client)
                    .putObject(bucket: LiveAWS.name(), key: "a", body: [], contentType: "a/b")
            }
            #expect(error?.serviceCode == "NoSuchBucket")
        }
    }
}
