import AWSRuntime
import AWSTestSupport
import NIOHTTP1
import Testing

@testable import AWSS3

@Suite("S3 client")
struct S3ClientTests {
    @Test("Writes with a checksum, signed, under the key as it is")
    func putObject() async throws {
        try await withFakeAWS { _ in
            .respond(200, headers: ["etag": "\"e\""])
        } _: { client, server in
            try await S3Client(client: client).putObject(
                bucket: "reports",
                key: "dt=2026-11-22//./a b+ü%.gz",
                body: Array("123456789".utf8),
                contentType: "application/x-ndjson",
                contentEncoding: "gzip"
            )
            let request = try #require(server.requests.first)
            #expect(request.method == .PUT)
            #expect(request.uri == "/reports/dt%3D2026-11-22//./a%20b%2B%C3%BC%25.gz")
            #expect(request.text == "123456789")
            #expect(request.headers["x-amz-checksum-crc32"] == ["y/Q5Jg=="])
            #expect(request.headers["content-type"] == ["application/x-ndjson"])
            #expect(request.headers["content-encoding"] == ["gzip"])
            #expect(request.isSigned(with: .test, region: "eu-central-1", service: "s3"))
        }
    }

    @Test("An empty body is an object too")
    func emptyBody() async throws {
        try await withFakeAWS { _ in
            .respond(200)
        } _: { client, server in
            try await S3Client(client: client)
                .putObject(bucket: "reports", key: "a", body: [], contentType: "text/plain")
            #expect(server.requests.first?.headers["content-length"] == ["0"])
            #expect(server.requests.first?.headers["x-amz-checksum-crc32"] == ["AAAAAA=="])
        }
    }

    @Test("Bucket in the host by default, in the path when dotted or with an own endpoint")
    func addressing() async throws {
        let transport = FakeTransport { _ in TransportResponse(status: 200) }
        func url(_ variables: [String: String], _ bucket: String) async throws -> String? {
            let client = AWSClient(
                environment: AWSEnvironment(variables),
                region: "eu-central-1",
                credentials: StaticCredentials(.test),
                transport: transport,
                seams: TestWorld().seams,
                logger: .silent
            )
            try await S3Client(client: client).putObject(bucket: bucket, key: "k", body: [], contentType: "a/b")
            try await client.shutdown()
            #expect(
                transport.requests.last?.url.contains(transport.requests.last?.headers.first(name: "host") ?? "?")
                    == true)
            return transport.requests.last?.url
        }
        #expect(try await url([:], "reports") == "https://reports.s3.eu-central-1.amazonaws.com/k")
        #expect(try await url([:], "a.b.c") == "https://s3.eu-central-1.amazonaws.com/a.b.c/k")
        #expect(
            try await url(["AWS_ENDPOINT_URL": "http://localhost:9000/base/"], "reports")
                == "http://localhost:9000/base/reports/k")
    }

    @Test("Arguments that S3 would refuse never leave")
    func arguments() async throws {
        try await withFakeAWS { _ in
            .respond(200)
        } _: { client, server in
            let client = S3Client(client: client)
            for (bucket, key) in [
                ("Up", "k"), ("reports", ""), ("reports", String(repeating: "k", count: 1025)), ("a/b", "k"),
            ] {
                let error = await #expect(throws: AWSError.self) {
                    try await client.putObject(bucket: bucket, key: key, body: [], contentType: "a/b")
                }
                #expect(error?.code == .argument)
            }
            #expect(server.requests.isEmpty)
        }
    }
}

@Suite("S3 location")
struct S3LocationTests {
    @Test(
        "Bucket and prefix",
        arguments: [
            ("s3://bucket", "bucket", "", "s3://bucket"), ("s3://bucket/", "bucket", "", "s3://bucket"),
            ("s3://my-bucket.1/a/b", "my-bucket.1", "a/b", "s3://my-bucket.1/a/b"),
            ("s3://bucket//a//b//", "bucket", "a//b", "s3://bucket/a//b"),
        ]
    )
    func parses(_ text: String, _ bucket: String, _ prefix: String, _ description: String) throws {
        let location = try S3Location(parsing: text)
        #expect(location.bucket == bucket)
        #expect(location.prefix == prefix)
        #expect(location.description == description)
        #expect(location.key("x/y") == (prefix.isEmpty ? "x/y" : "\(prefix)/x/y"))
    }

    @Test(
        "Malformed",
        arguments: [
            "", "bucket/prefix", "S3://bucket", "s3:/bucket", "s3://", "s3:///prefix", "s3://ab", "s3://Bucket",
            "s3://-bucket", "s3://bucket-", "s3://a..b", "s3://b_cket", "s3://bucket/a?b", "s3://bucket/a#b",
            "s3://bucket/a\nb", "s3://user@bucket", "s3://bücket", "https://bucket/x",
            "s3://" + String(repeating: "a", count: 64), "s3://bucket/" + String(repeating: "a", count: 513),
        ]
    )
    func malformed(_ text: String) {
        let error = #expect(throws: AWSError.self) { try S3Location(parsing: text) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("s3://bucket/prefix") == true)
    }
}
