import AWSRuntime
import AWSSQS
import AWSTestSupport
import FoundationEssentials
import NIOHTTP1

/// What the live suite needs besides the operations under test: the server, queues and buckets of its own.
enum LiveAWS {
    private static let variables = ProcessInfo.processInfo.environment

    /// The server's URL, `nil` when there is none to test against.
    static let endpoint = variables["SHRINKR_TEST_AWS_ENDPOINT"]

    /// A name that no earlier run used.
    static func name() -> String {
        "shrinkr-test-\(UUID().uuidString.lowercased())"
    }

    static func withClient(_ body: (AWSClient) async throws -> Void) async throws {
        let defaults = [
            "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": endpoint ?? "",
        ]
        let environment = AWSEnvironment(defaults.merging(variables) { $1 })
        let client = try AWSClient.make(environment: environment, logger: .silent)
        do {
            try await body(client)
            try await client.shutdown()
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    static func makeQueue(_ client: AWSClient, visibilityTimeout: Int) async throws -> SQSClient {
        struct Input: Encodable {
            let name: String
            let attributes: [String: String]

            enum CodingKeys: String, CodingKey {
                case name = "QueueName"
                case attributes = "Attributes"
            }
        }
        struct Output: Decodable {
            let url: String

            enum CodingKeys: String, CodingKey {
                case url = "QueueUrl"
            }
        }
        let operation = AWSJSONOperation(
            service: AWSService("sqs"),
            targetPrefix: "AmazonSQS",
            name: "CreateQueue"
        )
        let input = Input(name: name(), attributes: ["VisibilityTimeout": String(visibilityTimeout)])
        let output: Output = try await client.callJSON(operation, input)
        return try SQSClient(client: client, queueURL: output.url)
    }

    /// Reads an object.
    static func object(_ key: String, in bucket: String, _ client: AWSClient) async throws -> TransportResponse {
        let request = AWSRequest(
            service: AWSService("s3"), operation: "GetObject", endpoint: try client.endpoint(for: AWSService("s3")),
            method: .GET, encodedPath: "/\(bucket)/" + PercentEncoding.path(key), errorFormat: .xml,
            maximumResponseBytes: 64 << 10)
        return try await client.execute(request)
    }

    static func makeBucket(_ client: AWSClient) async throws -> String {
        let bucket = name()
        let location = "<LocationConstraint>\(client.region)</LocationConstraint>"
        let request = AWSRequest(
            service: AWSService("s3"),
            operation: "CreateBucket",
            endpoint: try client.endpoint(for: AWSService("s3")),
            method: .PUT,
            encodedPath: "/\(bucket)",
            body: Array("<CreateBucketConfiguration>\(location)</CreateBucketConfiguration>".utf8),
            errorFormat: .xml,
            maximumResponseBytes: 64 << 10
        )
        do {
            _ = try await client.execute(request)
        } catch let error as AWSError where error.serviceCode == "BucketAlreadyOwnedByYou" {
            // A first try was carried out, and its answer came too late.
        }
        return bucket
    }
}
