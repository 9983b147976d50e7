import AWSRuntime
import AWSSQS
import AWSTestSupport
import ClickQueue
import FoundationEssentials
import Testing

@testable import ClickQueueSQS

@Suite("Receiving from SQS", .timeLimit(.minutes(5)))
struct SQSClickReceiverTests {
    private struct Batch: Decodable {
        struct Entry: Decodable {
            let id: String
            let receiptHandle: String
            let visibilityTimeout: Int?

            private enum CodingKeys: String, CodingKey {
                case id = "Id"
                case receiptHandle = "ReceiptHandle"
                case visibilityTimeout = "VisibilityTimeout"
            }
        }

        let entries: [Entry]

        private enum CodingKeys: String, CodingKey {
            case entries = "Entries"
        }
    }

    private func receiver(_ aws: RecordingTransport) throws -> SQSClickReceiver {
        let url = "http://127.0.0.1:9/123456789012/clicks"
        return SQSClickReceiver(
            client: try SQSClient(client: aws.client, queueURL: url), visibilityTimeout: .seconds(120))
    }

    private func batch(_ request: TransportRequest) throws -> Batch {
        try JSONDecoder().decode(Batch.self, from: Data(request.body))
    }

    /// Accepts a batch but for the entries whose receipt handle ends in 7.
    private func acceptMost(_ request: TransportRequest) throws -> String {
        let parts = try batch(request).entries.map { entry in
            let isRefused = entry.receiptHandle.hasSuffix("7")
            let text =
                isRefused
                ? #"{"Id":"\#(entry.id)","SenderFault":true,"Code":"ReceiptHandleIsInvalid"}"#
                : #"{"Id":"\#(entry.id)"}"#
            return (isRefused, text)
        }
        let accepted = parts.filter { !$0.0 }.map(\.1).joined(separator: ",")
        let refused = parts.filter(\.0).map(\.1).joined(separator: ",")
        return #"{"Successful":[\#(accepted)],"Failed":[\#(refused)]}"#
    }

    private func receipts(_ count: Int) -> [MessageReceipt] {
        (0..<count).map { MessageReceipt(handle: "r\($0)") }
    }

    @Test("asks for its visibility timeout and gives messages as they are")
    func receive() async throws {
        let aws = RecordingTransport { _ in
            #"{"Messages":[{"MessageId":"m","ReceiptHandle":"r","Body":"{}","Attributes":{"ApproximateReceiveCount":"3"}}]}"#
        }
        let messages = try await receiver(aws).receive(maximum: 7, wait: .seconds(20))
        #expect(messages.map(\.receipt.handle) == ["r"])
        #expect(messages.map(\.body) == [Array("{}".utf8)])
        #expect(messages.map(\.receiveCount) == [3])
        let input = String(decoding: try #require(aws.received.first).body, as: UTF8.self)
        for member in [#""MaxNumberOfMessages":7"#, #""WaitTimeSeconds":20"#, #""VisibilityTimeout":120"#] {
            #expect(input.contains(member))
        }
    }

    @Test(
        "deletes each message once, in whole batches, and counts those that were refused",
        arguments: [0, 1, 10, 95, 1_000])
    func delete(count: Int) async throws {
        let aws = RecordingTransport(answer: acceptMost)
        let failures = try await receiver(aws).delete(receipts(count))
        #expect(failures == receipts(count).count { $0.handle.hasSuffix("7") })
        #expect(aws.received.count == (count + 9) / 10)
        let handles = try aws.received.flatMap { try batch($0).entries.map(\.receiptHandle) }
        #expect(handles.sorted() == receipts(count).map(\.handle).sorted())
    }

    @Test("changes visibility", arguments: [0, 120])
    func changeVisibility(seconds: Int) async throws {
        let aws = RecordingTransport(answer: acceptMost)
        let failures = try await receiver(aws).changeVisibility(receipts(25), timeout: .seconds(seconds))
        #expect(failures == 2)
        let entries = try aws.received.flatMap { try batch($0).entries }
        #expect(entries.count == 25)
        #expect(entries.allSatisfy { $0.visibilityTimeout == seconds })
    }

    @Test("counts everything as failed when it is cancelled")
    func cancelled() async throws {
        let aws = RecordingTransport { _ in throw CancellationError() }
        #expect(try await receiver(aws).delete(receipts(25)) == 25)
    }
}
