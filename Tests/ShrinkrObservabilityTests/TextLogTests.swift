import Logging
import Testing

@testable import ShrinkrObservability

@Suite struct TextLogTests {
    private func line(coloured: Bool = false, _ message: Logger.Message, _ metadata: Logger.Metadata = [:]) -> String {
        let output = RecordingOutput()
        let logger = Logger(label: "shrinkr.test") { label in
            TextLogHandler(
                label: label, level: .trace, output: output, coloured: coloured, now: { 1_795_377_600_123 })
        }
        logger.warning(message, metadata: metadata)
        return output.text.joined(separator: "<next write>")
    }

    @Test func aLineIsShortAndReadable() {
        let text = line("flush failed", ["sqs.batch_size": "10", "error": "no route", "path": "/a/b.c:1"])
        let expected =
            "2026-11-22T20:00:00.123Z warning  shrinkr.test: flush failed"
            + " error=\"no route\" path=/a/b.c:1 sqs.batch_size=10\n"
        #expect(text == expected)
    }

    @Test func onlyTheLevelIsColoured() {
        #expect(line(coloured: true, "m").contains(" \u{1b}[33mwarning\u{1b}[0m  shrinkr.test: m\n"))
        #expect(!line(coloured: false, "m").contains("\u{1b}"))
    }

    @Test func coloursFollowTheTerminal() {
        for isTerminal in [true, false] {
            let output = RecordingOutput(isTerminal: isTerminal)
            Logger(label: "t") { TextLogHandler(label: $0, level: .info, output: output) }.info("m")
            #expect(output.text.joined().contains("\u{1b}") == isTerminal)
        }
    }

    @Test(arguments: JSONLogTests.attacks)
    func noValueLeavesItsLine(attack: String) {
        let text = line("\(attack)", ["\(attack)": "\(attack)", "nested": [["\(attack)": "\(attack)"]]])
        #expect(text.hasSuffix("\n"))
        let values = text.unicodeScalars.dropLast().map(\.value)
        #expect(!values.contains { $0 < 0x20 || (0x7f..<0xa0).contains($0) || [0x2028, 0x2029, 0x202e].contains($0) })
    }

    @Test func valuesThatLookLikePairsAreQuoted() {
        #expect(line("m", ["k": "a=b"]).hasSuffix(#" k="a=b""# + "\n"))
        #expect(line("m", ["k": ""]).hasSuffix(#" k="""# + "\n"))
        #expect(line("m", ["k": #"say "x""#]).hasSuffix(#" k="say \"x\"""# + "\n"))
    }

    @Test func aLineIsBounded() {
        var metadata: Logger.Metadata = [:]
        for number in 0..<1_000 { metadata["k\(number)"] = "\(String(repeating: "x", count: 300))" }
        let text = line("\(String(repeating: "m", count: 100_000))", metadata)
        #expect(text.utf8.count <= LogLimits.lineBytes)
        #expect(text.hasSuffix(" …[truncated]\n"))
    }
}
