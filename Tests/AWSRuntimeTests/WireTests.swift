import NIOHTTP1
import Testing

@testable import AWSRuntime

@Suite("Reading what AWS writes")
struct WireTests {
    @Test("HTTP dates")
    func httpDate() {
        #expect(UTCTime(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")?.secondsSinceEpoch == 784_111_777)
        for text in [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
        ] {
            #expect(UTCTime(httpDate: text) == nil, "\(text)")
        }
    }

    @Test("ISO 8601 times of credential documents")
    func iso8601() {
        #expect(UTCTime(iso8601: "2025-11-22T12:00:00Z")?.secondsSinceEpoch == 1_763_812_800)
        #expect(UTCTime(iso8601: "2025-11-22T12:00:00.123Z")?.secondsSinceEpoch == 1_763_812_800)
        for text in [
            "", "2025-11-22", "2025-11-22T12:00:00", "2025-11-22 12:00:00Z", "2025-13-22T12:00:00Z",
            "2025-11-22T12:00:00+1Z",
        ] {
            #expect(UTCTime(iso8601: text) == nil, "\(text)")
        }
    }

    @Test("XML elements")
    func xml() {
        let document = """
            <?xml version="1.0"?><Error xmlns="http://s3.amazonaws.com/"><CodeName>x</CodeName><Code >NoSuchKey</Code>\
            <Message>a &lt;b&gt; &amp;amp; &#65;&#x42; &unknown; &</Message><Empty/><Open>never closed</Error>
            """
        let scanner = XMLScanner(Array(document.utf8))
        #expect(scanner.text(of: "Code") == "NoSuchKey")
        #expect(scanner.text(of: "Message") == "a <b> &amp; AB &unknown; &")
        #expect(scanner.text(of: "Empty") == "")
        #expect(scanner.text(of: "Open") == nil)
        #expect(scanner.text(of: "Missing") == nil)
        #expect(XMLScanner([0xFF, 0x3C]).text(of: "Code") == nil)
    }

    @Test("XML elements by their nesting")
    func xmlElements() {
        let document = """
            <?xml version="1.0"?><!-- <a> --><r xmlns="x"><list><m><n>1</n><list><m>inner</m></list></m><m/><m >2 &gt; 1</m>
            </list><m>beside</m><n\t/></r>
            """
        let root = XMLScanner(Array(document.utf8)).element("r")
        let members = root?.element("list")?.elements("m") ?? []
        #expect(members.map { $0.element("n")?.content } == ["1", nil, nil])
        #expect(members.map { $0.element("list")?.elements("m").map(\.content) } == [["inner"], nil, nil])
        #expect(members.last?.content == "2 > 1")
        #expect(root?.elements("m").map(\.content) == ["beside"])
        #expect(root?.element("n")?.content == "")
        #expect(root?.element("missing") == nil)
        for broken in ["", "<", "</", "<>", "</r>", "<r", "<r><r>", "<r><open></r>"] {
            #expect(XMLScanner(Array(broken.utf8)).elements("r").isEmpty, "\(broken)")
        }
        #expect(XMLScanner(Array("<r>\u{301}x</r>".utf8)).element("r")?.content == "\u{301}x")
    }

    private func read(_ body: String, _ headers: HTTPHeaders = [:], _ format: ServiceErrorFormat)
        -> ServiceErrorDocument
    {
        ServiceErrorDocument(TransportResponse(status: 400, headers: headers, body: Array(body.utf8)), format: format)
    }

    @Test("JSON errors")
    func jsonError() {
        let sqs = read(
            #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The queue does not exist."}"#,
            ["x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"],
            .json
        )
        #expect(sqs.code == "QueueDoesNotExist")
        #expect(sqs.queryCode == "AWS.SimpleQueueService.NonExistentQueue")
        #expect(sqs.message == "The queue does not exist.")
        #expect(read(#"{"__type":"Throttled:http://x/"}"#, .json).code == "Throttled")
        #expect(read("<html>", ["x-amzn-query-error": "Old;Sender"], .json).code == "Old")
        #expect(read("not JSON", .json).code == nil)
    }

    private func read(_ body: String, _ format: ServiceErrorFormat) -> ServiceErrorDocument {
        read(body, [:], format)
    }

    @Test("XML errors, and a bucket elsewhere")
    func xmlError() {
        let error = read("<Error><Code>AccessDenied</Code><Message>No.</Message></Error>", .xml)
        #expect(error.code == "AccessDenied")
        #expect(error.message == "No.")
        let moved = read(
            "<Error><Code>PermanentRedirect</Code><Message>Use another endpoint.</Message></Error>",
            ["x-amz-bucket-region": "us-east-2"],
            .xml
        )
        #expect(moved.message?.contains("us-east-2") == true)
    }

    @Test("A signature error does not carry the signed request on")
    func noEcho() {
        let error = read(
            #"{"__type":"InvalidSignatureException","message":"The signature does not match.\n\nCanonical:\nx-amz-security-token:hidden"}"#,
            .json
        )
        #expect(error.message == "The signature does not match.")
        let long = read("<Error><Code>A</Code><Message>\(String(repeating: "x", count: 5000))</Message></Error>", .xml)
        #expect(long.message?.count == ServiceErrorDocument.maximumMessageLength)
    }
}
