import AWSRuntime
import AWSTestSupport
import Crypto
import FoundationEssentials
import Testing

@testable import AWSSQS

@Suite("SQS client")
struct SQSClientTests {
    private static let queueURL = "https://sqs.eu-central-1.amazonaws.com/123456789012/clicks"

    private struct Batch: Decodable {
        struct Entry: Decodable {
            let id: String
            let messageBody: String?
            let receiptHandle: String?
            let visibilityTimeout: Int?
        }
        let queueUrl: String
        let entries: [Entry]
    }

    private static func md5(_ text: String) -> String {
        Insecure.MD5.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }

    /// Accepts every entry of a batch, as SQS would.
    private static func acceptAll(_ request: FakeRequest) -> FakeAWS.Reply {
        guard let batch = try? request.json(Batch.self) else { return .json("{}", status: 400) }
        let entries = batch.entries.map { entry in
            #"{"Id":"\#(entry.id)","MessageId":"m-\#(entry.id)","MD5OfMessageBody":"\#(md5(entry.messageBody ?? ""))"}"#
        }
        return .json(#"{"Successful":[\#(entries.joined(separator: ","))]}"#)
    }

    private func queue(_ client: AWSClient, maximumBatchBytes: Int = SQSLimits.batchBytes) throws -> SQSClient {
        try SQSClient(client: client, queueURL: Self.queueURL, maximumBatchBytes: maximumBatchBytes)
    }

    private func ids(_ results: [Result<String, AWSError>]) -> [String?] {
        results.map { try? $0.get() }
    }

    @Test("Sends in batches of ten to the configured endpoint, the queue URL in the body")
    func send() async throws {
        try await withFakeAWS(Self.acceptAll) { client, server in
            let bodies = (0..<23).map { "body \($0) ü 🔗 \"quoted\"\n" }
            let results = try await queue(client).sendMessages(bodies)
            #expect(ids(results) == (0..<23).map { "m-\($0)" })
            #expect(server.requests.count == 3)
            let batches = try server.requests.map { try $0.json(Batch.self) }
            #expect(batches.flatMap { $0.entries.map(\.messageBody) } == bodies)
            #expect(batches.allSatisfy { $0.queueUrl == Self.queueURL })
            #expect(server.requests.allSatisfy { $0.operation == "SendMessageBatch" && $0.uri == "/" })
        }
    }

    @Test("Splits by bytes, and refuses what can never be sent without sending it")
    func limits() async throws {
        try await withFakeAWS(Self.acceptAll) { client, server in
            let queue = try queue(client, maximumBatchBytes: 10)
            let results = try await queue.sendMessages(["123456", "1234", "12345678901", "", "a\u{0}", "x"])
            #expect(ids(results) == ["m-0", "m-1", nil, nil, nil, "m-5"])
            for index in 2...4 {
                guard case .failure(let error) = results[index] else { continue }
                #expect(error.code == .argument)
                #expect(!error.isRetryable)
            }
            let batches = try server.requests.map { try $0.json(Batch.self).entries.map(\.id) }
            #expect(batches == [["0", "1"], ["5"]])
            #expect(try await queue.sendMessages([String]()).isEmpty)
        }
    }

    @Test("What it writes is JSON of the very bytes, whatever they are")
    func escapes() async throws {
        try await withFakeAWS(Self.acceptAll) { client, server in
            let many = (UInt32(0x20)...0x2FFF).compactMap(Unicode.Scalar.init).map(Character.init)
            let bodies = [String(many), "\t\r\n", "\u{7F}\u{10FFFF}"]
            #expect(ids(try await queue(client).sendMessages(bodies)) == ["m-0", "m-1", "m-2"])
            let batch = try #require(try server.requests.first?.json(Batch.self))
            #expect(batch.entries.map { $0.messageBody.map { Array($0.utf8) } } == bodies.map { Array($0.utf8) })
            let text = try #require(server.requests.first?.text)
            #expect(text.hasPrefix(##"{"QueueUrl":"\##(Self.queueURL)","Entries":[{"Id":"0","MessageBody":" !\"#$%"##))
            #expect(text.contains(#"{"Id":"1","MessageBody":"\u0009\u000d\u000a"}"#))
        }
    }

    @Test(
        "Bytes that are no text never leave",
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBE], [0x1F]])
    func refusedBytes(_ body: [UInt8]) async throws {
        try await withFakeAWS(Self.acceptAll) { client, server in
            let results = try await queue(client).sendMessages([body, [0x61]])
            #expect(ids(results) == [nil, "m-1"])
            guard case .failure(let error) = results[0] else { return }
            #expect(error.code == .argument && error.refusesMessage)
        }
    }

    @Test("Reports entries one by one; only those of SQS's own fault are sent again")
    func partialFailure() async throws {
        let world = TestWorld()
        let counter = Counter()
        try await withFakeAWS(world: world) { request in
            if counter.next() > 1 { return Self.acceptAll(request) }
            return .json(
                """
                {"Successful":[{"Id":"0","MessageId":"m","MD5OfMessageBody":"\(Self.md5("a"))"}],
                 "Failed":[{"Id":"1","SenderFault":false,"Code":"InternalError","Message":"Oops"},
                           {"Id":"2","SenderFault":true,"Code":"InvalidMessageContents"}]}
                """
            )
        } _: { client, server in
            let results = try await queue(client).sendMessages(["a", "b", "c"])
            #expect(ids(results) == ["m", "m-1", nil])
            guard case .failure(let error) = results[2] else { return }
            #expect(error.serviceCode == "InvalidMessageContents")
            #expect(!error.isRetryable)
            #expect(error.refusesMessage)
            #expect(try server.requests.map { try $0.json(Batch.self).entries.map(\.id) } == [["0", "1", "2"], ["1"]])
            #expect(world.sleeps == [.milliseconds(25)])
        }
    }

    @Test("A body that SQS received differently is not a success")
    func sendChecksum() async throws {
        try await withFakeAWS { _ in
            .json(#"{"Successful":[{"Id":"0","MessageId":"m","MD5OfMessageBody":"\#(Self.md5("other"))"}]}"#)
        } _: { client, server in
            let results = try await queue(client).sendMessages(["a"])
            guard case .failure(let error) = results[0] else { return #expect(Bool(false)) }
            #expect(error.code == .integrity)
            #expect(server.requests.count == SQSLimits.entryAttempts)
        }
    }

    @Test("A service that fails is every entry's failure, not an exception")
    func serviceDown() async throws {
        try await withFakeAWS { _ in
            .json("{}", status: 500)
        } _: { client, server in
            let results = try await queue(client).sendMessages(Array(repeating: "a", count: 30))
            #expect(results.count == 30)
            for case .success in results { Issue.record("Nothing was accepted.") }
            #expect(server.requests.count == RetryPolicy().maximumAttempts)
        }
    }

    @Test("Receives messages, and leaves out one with a wrong checksum")
    func receive() async throws {
        struct Input: Decodable {
            let queueUrl: String
            let maxNumberOfMessages: Int
            let waitTimeSeconds: Int
            let visibilityTimeout: Int?
            let messageSystemAttributeNames: [String]
        }
        let body = #"{\"v\":1} ü"#
        try await withFakeAWS { _ in
            .json(
                """
                {"Messages":[
                {"MessageId":"1","ReceiptHandle":"r1","Body":"\(body)","MD5OfBody":"\(Self.md5(#"{"v":1} ü"#))",
                 "Attributes":{"ApproximateReceiveCount":"3"}},
                {"MessageId":"2","ReceiptHandle":"r2","Body":"changed","MD5OfBody":"\(Self.md5("original"))"},
                {"MessageId":"3","ReceiptHandle":"r3","Body":"x","MD5OfBody":"not hexadecimal"},
                {"MessageId":"4","ReceiptHandle":"r4","Body":"no checksum"}]}
                """
            )
        } _: { client, server in
            let queue = try queue(client)
            let messages = try await queue.receiveMessages(
                maxMessages: 7,
                waitTime: .seconds(5),
                visibilityTimeout: .seconds(90)
            )
            #expect(
                messages == [
                    SQSMessage(id: "1", receiptHandle: "r1", body: Array(#"{"v":1} ü"#.utf8), receiveCount: 3),
                    SQSMessage(id: "4", receiptHandle: "r4", body: Array("no checksum".utf8), receiveCount: 1),
                ]
            )
            let input = try #require(try server.requests.first?.json(Input.self))
            #expect(input.queueUrl == Self.queueURL)
            #expect(input.maxNumberOfMessages == 7)
            #expect(input.waitTimeSeconds == 5)
            #expect(input.visibilityTimeout == 90)
            #expect(input.messageSystemAttributeNames == ["ApproximateReceiveCount", "SentTimestamp"])
            #expect(server.requests.first?.operation == "ReceiveMessage")
        }
    }

    @Test("An empty answer is no messages", arguments: ["{}", #"{"Messages":[]}"#, #"{"Messages":null}"#])
    func receiveNothing(_ answer: String) async throws {
        try await withFakeAWS { _ in
            .json(answer)
        } _: { client, _ in
            let messages = try await queue(client).receiveMessages()
            #expect(messages.isEmpty)
        }
    }

    @Test("A long poll ends at once when its task is cancelled", .timeLimit(.minutes(5)))
    func cancelLongPoll() async throws {
        try await withFakeAWS { _ in
            .neverAnswer
        } _: { client, server in
            let queue = try queue(client)
            let poll = Task { try await queue.receiveMessages() }
            await server.waitForRequest()
            poll.cancel()
            await #expect(throws: CancellationError.self) { try await poll.value }
        }
    }

    @Test("Arguments that SQS would refuse never leave")
    func arguments() async throws {
        try await withFakeAWS { _ in
            .json("{}")
        } _: { client, server in
            let queue = try queue(client)
            await #expect(throws: AWSError.self) { try await queue.receiveMessages(maxMessages: 0) }
            await #expect(throws: AWSError.self) { try await queue.receiveMessages(maxMessages: 11) }
            await #expect(throws: AWSError.self) { try await queue.receiveMessages(waitTime: .seconds(21)) }
            await #expect(throws: AWSError.self) { try await queue.receiveMessages(waitTime: .seconds(-1)) }
            await #expect(throws: AWSError.self) {
                try await queue.receiveMessages(visibilityTimeout: .seconds(43_201))
            }
            #expect(server.requests.isEmpty)
            for url in ["", "clicks", "https://sqs.eu-central-1.amazonaws.com", "ftp://a/b"] {
                #expect(throws: AWSError.self) { try SQSClient(client: client, queueURL: url) }
            }
        }
    }

    @Test("Deletes and prolongs in batches, with one result each")
    func acknowledge() async throws {
        try await withFakeAWS { request in
            guard let batch = try? request.json(Batch.self), batch.entries.count <= 10 else {
                return .json("", status: 400)
            }
            let answers = batch.entries.map { entry in
                entry.receiptHandle == "old"
                    ? (false, #"{"Id":"\#(entry.id)","SenderFault":true,"Code":"ReceiptHandleIsInvalid"}"#)
                    : (true, #"{"Id":"\#(entry.id)"}"#)
            }
            let good = answers.filter(\.0).map(\.1).joined(separator: ",")
            let bad = answers.filter { !$0.0 }.map(\.1).joined(separator: ",")
            return .json(#"{"Successful":[\#(good)],"Failed":[\#(bad)]}"#)
        } _: { client, server in
            let queue = try queue(client)
            let deleted = try await queue.deleteMessages((0..<12).map { $0 == 11 ? "old" : "r\($0)" })
            #expect(
                deleted.map { if case .success = $0 { true } else { false } } == Array(repeating: true, count: 11) + [
                    false
                ])

            let changes = [
                SQSVisibilityChange(receiptHandle: "a", timeout: .seconds(30)),
                SQSVisibilityChange(receiptHandle: "old", timeout: .zero),
                SQSVisibilityChange(receiptHandle: "b", timeout: .seconds(-1)),
            ]
            let changed = try await queue.changeVisibility(changes)
            #expect(changed.map { if case .success = $0 { true } else { false } } == [true, false, false])
            #expect(
                server.requests.map(\.operation) == [
                    "DeleteMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch",
                ])
            let entries = try #require(try server.requests.last?.json(Batch.self).entries)
            #expect(entries.map(\.receiptHandle) == ["a", "old"])
            #expect(entries.map(\.visibilityTimeout) == [30, 0])
        }
    }

    @Test("Queue attributes, the redrive count as a number or as text", arguments: ["5", #"\"5\""#])
    func attributes(_ count: String) async throws {
        try await withFakeAWS { _ in
            .json(
                """
                {"Attributes":{"ApproximateNumberOfMessages":"1","ApproximateNumberOfMessagesNotVisible":"2",
                "ApproximateNumberOfMessagesDelayed":"3","VisibilityTimeout":"120","MaximumMessageSize":"262144",
                "RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"arn:dlq\\",\\"maxReceiveCount\\":\(count)}"}}
                """
            )
        } _: { client, _ in
            let attributes = try await queue(client).queueAttributes()
            #expect(attributes.visibleMessages == 1)
            #expect(attributes.inFlightMessages == 2)
            #expect(attributes.delayedMessages == 3)
            #expect(attributes.visibilityTimeout == .seconds(120))
            #expect(attributes.maximumMessageBytes == 262_144)
            #expect(attributes.redrivePolicy == .init(deadLetterTargetARN: "arn:dlq", maximumReceiveCount: 5))
        }
    }

    @Test("A queue without its counts is an error")
    func missingAttributes() async throws {
        try await withFakeAWS { _ in
            .json("{}")
        } _: { client, _ in
            let error = await #expect(throws: AWSError.self) { try await queue(client).queueAttributes() }
            #expect(error?.code == .malformedResponse)
        }
    }
}

extension SQSClient {
    func sendMessages(_ texts: [String]) async throws -> [Result<String, AWSError>] {
        try await sendMessages(texts.map { Array($0.utf8) })
    }
}
