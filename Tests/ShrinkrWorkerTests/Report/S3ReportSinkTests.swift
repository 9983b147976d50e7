import AWSRuntime
import AWSS3
import AWSTestSupport
import NIOHTTP1
import Testing

@testable import ShrinkrWorker

@Suite("The report bucket", .timeLimit(.minutes(5)))
struct S3ReportSinkTests {
    @Test("gets reports as gzip files under the prefix")
    func write() async throws {
        let aws = RecordingTransport { _ in "" }
        let root = try S3Location(parsing: "s3://bucket/prefix/reports")
        let sink = S3ReportSink(client: S3Client(client: aws.client), root: root)
        try await sink.write(key: "daily/dt=2026-11-22/links.ndjson.gz", bytes: [1, 2, 3])
        let request = try #require(aws.received.first)
        #expect(request.method == .PUT)
        #expect(request.url.hasSuffix("/bucket/prefix/reports/daily/dt%3D2026-11-22/links.ndjson.gz"))
        #expect(request.headers.first(name: "content-type") == "application/gzip")
        #expect(request.headers.first(name: "content-encoding") == nil, "no client may unpack what is named .gz")
        #expect(request.body == [1, 2, 3])
    }
}
