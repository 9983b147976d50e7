import AWSRuntime
import AWSSigning
import NIOHTTP1
import Testing

@testable import AWSS3

@Suite("S3 client")
struct S3ClientTests {
    private func put(_ client: S3Client, condition: S3WriteCondition = .always) async throws -> S3PutOutcome {
        try await client.putObject(
            bucket: "reports",
            key: "a.txt",
            body: Array("abc".utf8),
            contentType: "text/plain",
            condition: condition
        )
    }

    @Test("Writes with a checksum, signed, under the key as it is")
    func putObject() async throws {
        try await withFakeAWS { _ in
            .respond(200, headers: ["etag": "\"e\""])
        } _: { client, server in
            let outcome = try await S3Client(client: client).putObject(
                bucket: "reports",
                key: "dt=2026-11-22//./a b+ü%.gz",
                body: Array("123456789".utf8),
                contentType: "application/x-ndjson",
                contentEncoding: "gzip"
            )
            #expect(outcome == .written(etag: "\"e\""))
            let request = try #require(server.requests.first)
            #expect(request.method == .PUT)
            #expect(request.uri == "/reports/dt%3D2026-11-22//./a%20b%2B%C3%BC%25.gz")
            #expect(request.text == "123456789")
            #expect(request.headers["x-amz-checksum-crc32"] == ["y/Q5Jg=="])
            #expect(request.headers["content-type"] == ["application/x-ndjson"])
            #expect(request.headers["content-encoding"] == ["gzip"])
            #expect(request.headers.contains(name: "if-none-match") == false)
            #expect(request.isSigned(with: .test, region: "eu-central-1", service: "s3"))
        }
    }

    @Test("An empty body is an object too")
    func emptyBody() async throws {
        try await withFakeAWS { _ in
            .respond(200)
        } _: { client, server in
            _ = try await S3Client(client: client)
                .putObject(bucket: "reports", key: "a", body: [], contentType: "text/plain")
            #expect(server.requests.first?.headers["content-length"] == ["0"])
            #expect(server.requests.first?.headers["x-amz-checksum-crc32"] == ["AAAAAA=="])
        }
    }

    @Test("A condition that does not hold is an outcome")
    func conditions() async throws {
        let body = Array("<Error><Code>PreconditionFailed</Code><Message>No.</Message></Error>".utf8)
        try await withFakeAWS { _ in
            .respond(412, body: body)
        } _: { client, server in
            let client = S3Client(client: client)
            let firstOutcome = try await put(client, condition: .ifAbsent)
            #expect(firstOutcome == .preconditionFailed)
            let secondOutcome = try await put(client, condition: .ifMatch(etag: "\"old\""))
            #expect(secondOutcome == .preconditionFailed)
            await #expect(throws: AWSError.self) { try await put(client) }
            #expect(server.requests.map { $0.headers["if-none-match"] } == [["*"], [], []])
            #expect(server.requests.map { $0.headers["if-match"] } == [[], ["\"old\""], []])
        }
    }

    @Test(
        "Replacing an object that is gone does not hold either; a missing bucket is an error",
        arguments: ["NoSuchKey", "NoSuchBucket"])
    func ifMatchMissing(_ code: String) async throws {
        try await withFakeAWS { _ in
            .respond(404, body: Array("<Error><Code>\(code)</Code></Error>".utf8))
        } _: { client, _ in
            let client = S3Client(client: client)
            if code == "NoSuchKey" {
                let thirdOutcome = try await put(client, condition: .ifMatch(etag: "\"e\""))
                #expect(thirdOutcome == .preconditionFailed)
            } else {
                await #expect(throws: AWSError.self) { try await put(client, condition: .ifMatch(etag: "\"e\"")) }
            }
            await #expect(throws: AWSError.self) { try await put(client, condition: .ifAbsent) }
        }
    }

    @Test("Two conditional writes that meet are tried again")
    func conflict() async throws {
        let counter = Counter()
        try await withFakeAWS { _ in
            counter.next() == 1
                ? .respond(409, body: Array("<Error><Code>ConditionalRequestConflict</Code></Error>".utf8))
                : .respond(200, headers: ["etag": "\"e\""])
        } _: { client, _ in
            let fourthOutcome = try await put(S3Client(client: client), condition: .ifAbsent)
            #expect(fourthOutcome == .written(etag: "\"e\""))
        }
    }

    @Test("Reads an object; none is nil, a wrong checksum or too large a body an error")
    func getObject() async throws {
        try await withFakeAWS { request in
            switch request.path {
            case "/reports/good":
                .respond(
                    200,
                    headers: ["etag": "\"e\"", "x-amz-checksum-crc32": "y/Q5Jg==", "content-encoding": "gzip"],
                    body: Array("123456789".utf8)
                )
            case "/reports/parts":
                .respond(200, headers: ["x-amz-checksum-crc32": "y/Q5Jg==-2"], body: Array("other".utf8))
            case "/reports/bad":
                .respond(200, headers: ["x-amz-checksum-crc32": "y/Q5Jg=="], body: Array("12345678X".utf8))
            default:
                .respond(404, body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8))
            }
        } _: { client, server in
            let client = S3Client(client: client)
            func get(_ key: String, _ maximumBytes: Int = 100) async throws -> S3Object? {
                try await client.getObject(bucket: "reports", key: key, maximumBytes: maximumBytes)
            }
            let object = try #require(try await get("good"))
            #expect(object.body == Array("123456789".utf8))
            #expect(object.etag == "\"e\"")
            #expect(object.contentEncoding == "gzip")
            #expect(server.requests.first?.headers["x-amz-checksum-mode"] == ["ENABLED"])
            #expect(try await get("parts")?.body == Array("other".utf8))
            #expect(try await get("none") == nil)
            let corrupt = await #expect(throws: AWSError.self) { try await get("bad") }
            #expect(corrupt?.code == .integrity)
            let large = await #expect(throws: AWSError.self) { try await get("good", 8) }
            #expect(large?.code == .responseTooLarge)
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
            _ = try await S3Client(client: client).putObject(bucket: bucket, key: "k", body: [], contentType: "a/b")
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

@Suite("CRC-32")
struct CRC32Tests {
    @Test(
        "Known values",
        arguments: [("", 0), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43), ("ü🔗", 0xF8E6_883F)] as [(String, UInt32)])
    func values(_ text: String, _ expected: UInt32) {
        var checksum = CRC32()
        checksum.update(text.utf8)
        #expect(checksum.value == expected)
    }

    @Test("In parts as at once")
    func parts() {
        var parts = CRC32()
        parts.update("1234".utf8)
        parts.update("56789".utf8)
        #expect(parts.value == 0xCBF4_3926)
        #expect(CRC32.bytes(of: Array("123456789".utf8)) == [0xCB, 0xF4, 0x39, 0x26])
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
