import Logging
import Testing

@testable import ShrinkrObservability

@Suite struct JSONLogTests {
    private let output = RecordingOutput()

    private func logger(_ level: Logger.Level = .trace) -> Logger {
        Logger(label: "shrinkr.test") { label in
            JSONLogHandler(label: label, level: level, output: output, now: { 1_795_377_600_123 })
        }
    }

    private func onlyLine() throws -> JSONValue {
        let writes = output.writes
        try #require(writes.count == 1)
        #expect(writes[0].last == UInt8(ascii: "\n"))
        #expect(writes[0].count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(writes[0].count <= LogLimits.lineBytes)
        return try JSONValue.parse(writes[0])
    }

    @Test func oneLineHasTheKnownMembersInOrder() {
        logger().info("link created", metadata: ["link.code": "k3x9bqz", "a": "1"])
        #expect(
            output.text == [
                #"{"ts":"2026-11-22T20:00:00.123Z","level":"info","msg":"link created","logger":"shrinkr.test","#
                    + #""a":"1","link.code":"k3x9bqz"}"# + "\n"
            ])
    }

    @Test func nestedValuesAreJSON() throws {
        logger().notice(
            "m",
            metadata: [
                "list": ["a", .stringConvertible(2)], "object": ["in.side": ["deep": .stringConvertible(true)]],
                "number": .stringConvertible(12.5), "nan": .stringConvertible(Double.nan), "empty": [:],
            ])
        let line = try onlyLine()
        #expect(line["list"] == .array([.string("a"), .number(2)]))
        #expect(line["object"] == .object(["in.side": .object(["deep": .bool(true)])]))
        #expect(line["number"] == .number(12.5))
        #expect(line["nan"] == .string("nan"))
        #expect(line["empty"] == .object([:]))
    }

    static let attacks = [
        "a\n{\"level\":\"critical\",\"msg\":\"forged\"}", "a\r\nb", "\",\"level\":\"critical", "\\", "\u{0}",
        "\u{1b}[2J", "\u{7f}\u{85}\u{9b}31m", "\u{2028}\u{2029}", "\u{202e}gnp.exe", "\u{2066}x\u{2069}", "日本語 🦊",
    ]

    @Test(arguments: attacks)
    func noValueLeavesItsPlace(text: String) throws {
        logger().info("\(text)", metadata: ["\(text)": "\(text)", "nested": ["\(text)": ["\(text)"]]])
        let line = try onlyLine()
        #expect(line["msg"] == .string(text))
        #expect(line["level"] == .string("info"))
        #expect(line[text] == .string(text))
        #expect(line["nested"] == .object([text: .array([.string(text)])]))
    }

    @Test func nothingATerminalObeysIsWritten() {
        for value in (0..<0x20).map({ $0 }) + (0x7f..<0xa0).map({ $0 }) + [0x200f, 0x2028, 0x202e, 0x2067] {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            logger().info("m", metadata: ["k": "\(scalar)"])
            let scalars = output.text.joined().unicodeScalars.filter { $0 != "\n" }
            #expect(!scalars.contains(scalar), "U+\(String(value, radix: 16))")
        }
    }

    @Test(arguments: ["ts", "level", "msg", "logger", "truncated"])
    func metadataCannotPassForAnOwnMember(name: String) throws {
        logger().info("real", metadata: [name: "fake"])
        let line = try onlyLine()
        #expect(line[name] != .string("fake"))
        #expect(line["metadata.\(name)"] == .string("fake"))
    }

    @Test func longTextIsCutWithAMarker() throws {
        let long = String(repeating: "é", count: 100_000)
        logger().info("\(long)", metadata: ["key": "\(long)", "z": "kept"])
        let line = try onlyLine()
        for name in ["msg", "key"] {
            guard case .string(let text) = line[name] else {
                Issue.record("\(name) is missing")
                continue
            }
            #expect(text.hasPrefix("éé") && text.hasSuffix("…[truncated]"))
            #expect(text.utf8.count < LogLimits.valueBytes + 32)
        }
        #expect(line["z"] == .string("kept"))
        #expect(line["truncated"] == nil)
    }

    @Test func tooMuchMetadataIsLeftOutAndSaidSo() throws {
        var metadata: Logger.Metadata = ["zz": "small"]
        for number in 10..<40 { metadata["k\(number)"] = "\(String(repeating: "x", count: 3_000))" }
        metadata["huge"] = .array(Array(repeating: "element", count: 200_000))
        logger().info("m", metadata: metadata)
        let line = try onlyLine()
        #expect(line["huge"] == .string("…[truncated]"))
        #expect(line["k10"] == .string(String(repeating: "x", count: 3_000)))
        #expect(line["k39"] == .string("…[truncated]"))
        #expect(line["zz"] == .string("small"))
        #expect(line["truncated"] == .bool(true))
    }

    @Test func countlessKeysStayWithinALine() throws {
        var metadata: Logger.Metadata = [:]
        for number in 0..<10_000 { metadata["key\(number)"] = "v" }
        logger().info("m", metadata: metadata)
        #expect(try onlyLine()["truncated"] == .bool(true))
    }

    @Test func deepNestingEnds() throws {
        var value: Logger.MetadataValue = "bottom"
        for _ in 0..<1_000 { value = [value] }
        logger().info("m", metadata: ["deep": value])
        let text = output.text.joined()
        _ = try onlyLine()
        #expect(text.contains("truncated") && !text.contains("bottom"))
    }

    @Test func theCallSiteWinsOverProviderAndLogger() throws {
        var logger = Logger(label: "t") { label in
            var handler = JSONLogHandler(label: label, level: .info, output: output)
            handler.metadataProvider = Logger.MetadataProvider { ["a": "provider", "b": "provider"] }
            return handler
        }
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["b": "call"])
        let line = try onlyLine()
        #expect([line["a"], line["b"], line["c"]] == [.string("provider"), .string("call"), .string("logger")])
    }

    @Test func anErrorIsAMember() throws {
        logger().error("failed", error: ObservabilityError.unhealthy(reason: "no\nanswer"))
        #expect(try onlyLine()["error"] == .string("The health check failed: no\nanswer."))
    }

    @Test func lesserLevelsAreSilent() {
        logger(.warning).notice("quiet")
        #expect(output.writes.isEmpty)
        logger(.warning).warning("loud")
        #expect(output.writes.count == 1)
    }
}
