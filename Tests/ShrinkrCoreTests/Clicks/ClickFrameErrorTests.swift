import CoreTestSupport
import FoundationEssentials
import ShrinkrBase
import ShrinkrCore
import Testing

/// A message that is no frame, and the reason that is given.
struct BrokenFrame: CustomTestStringConvertible {
    let text: String
    let reason: String

    var testDescription: String { text.count > 120 ? "\(text.prefix(120))…" : text }

    private static let journal = "5f0c4a4e-9f60-4b57-8a53-0c1de1c8a7b2"

    /// A frame with members of one's choice; nil leaves the member out.
    private static func frame(
        v: String? = "1", journal: String? = #""\#(journal)""#, frame: String? = "1", clicks: String? = "[]"
    ) -> String {
        let members = [("v", v), ("journal", journal), ("frame", frame), ("clicks", clicks)]
        return "{" + members.compactMap { name, value in value.map { #""\#(name)":\#($0)"# } }.joined(separator: ",")
            + "}"
    }

    /// A frame with one click with members of one's choice.
    private static func click(
        t: String? = "1795378500000", code: String? = #""a""#, method: String? = #""GET""#, more: String = ""
    ) -> String {
        let members = [("t", t), ("code", code), ("method", method)]
        let click = members.compactMap { name, value in value.map { #""\#(name)":\#($0)"# } }.joined(separator: ",")
        return frame(clicks: "[{\(click)\(more)}]")
    }

    private init(_ text: String, _ reason: String) {
        self.text = text
        self.reason = reason
    }

    private static let preamble = "the message is not a click frame: "
    static let unreadable = preamble + "it is not JSON"

    static let all = noFrames + wrongVersions + wrongHeads + wrongClicks

    private static let noFrames = [
        BrokenFrame("", unreadable),
        BrokenFrame("hello", unreadable),
        BrokenFrame("{", unreadable),
        BrokenFrame("{'v':1}", unreadable),
        BrokenFrame(frame() + "x", unreadable),
        BrokenFrame(String(repeating: "[", count: 200_000), unreadable),
        BrokenFrame(frame(clicks: String(repeating: "[", count: 100_000)), unreadable),
        BrokenFrame("[]", preamble + "it is not a JSON object"),
        BrokenFrame("1", preamble + "it is not a JSON object"),
        BrokenFrame("null", preamble + "it is not a JSON object"),
        BrokenFrame(#""text""#, preamble + "it is not a JSON object"),
    ]

    private static let wrongVersions = [
        BrokenFrame("{}", preamble + "member 'v' is missing"),
        BrokenFrame(frame(v: nil), preamble + "member 'v' is missing"),
        BrokenFrame(frame(v: "null"), preamble + "member 'v' has the wrong type"),
        BrokenFrame(frame(v: #""1""#), preamble + "member 'v' has the wrong type"),
        BrokenFrame(frame(v: "1.5"), preamble + "member 'v' has an impossible value"),
        BrokenFrame(frame(v: "99999999999999999999"), preamble + "member 'v' has an impossible value"),
        BrokenFrame(frame(v: "0"), "the frame has version 0; this worker reads 1"),
        BrokenFrame(frame(v: "2"), "the frame has version 2; this worker reads 1"),
        BrokenFrame(frame(v: "-1"), "the frame has version -1; this worker reads 1"),
        BrokenFrame(#"{"v":3}"#, "the frame has version 3; this worker reads 1"),
    ]

    private static let wrongHeads = [
        BrokenFrame(frame(journal: nil), preamble + "member 'journal' is missing"),
        BrokenFrame(frame(journal: "null"), preamble + "member 'journal' has the wrong type"),
        BrokenFrame(frame(journal: "5"), preamble + "member 'journal' has the wrong type"),
        BrokenFrame(frame(journal: #""""#), "'journal' is not a UUID in lower case"),
        BrokenFrame(frame(journal: #""a""#), "'journal' is not a UUID in lower case"),
        BrokenFrame(frame(journal: #""\#(journal.uppercased())""#), "'journal' is not a UUID in lower case"),
        BrokenFrame(frame(journal: #""{\#(journal)}""#), "'journal' is not a UUID in lower case"),
        BrokenFrame(frame(journal: #""\#(journal) ""#), "'journal' is not a UUID in lower case"),
        BrokenFrame(frame(frame: nil), preamble + "member 'frame' is missing"),
        BrokenFrame(frame(frame: #""1""#), preamble + "member 'frame' has the wrong type"),
        BrokenFrame(frame(frame: "0"), "'frame' is 0; frames count from 1"),
        BrokenFrame(frame(frame: "-9223372036854775808"), "'frame' is -9223372036854775808; frames count from 1"),
        BrokenFrame(frame(frame: "9223372036854775808"), preamble + "member 'frame' has an impossible value"),
        BrokenFrame(frame(frame: "1e400"), preamble + "member 'frame' has an impossible value"),
        BrokenFrame(frame(clicks: nil), preamble + "member 'clicks' is missing"),
        BrokenFrame(frame(clicks: "{}"), preamble + "member 'clicks' has the wrong type"),
        BrokenFrame(frame(clicks: "null"), preamble + "member 'clicks' has the wrong type"),
        BrokenFrame(frame(clicks: "[1]"), preamble + "member 'clicks.Index 0' has the wrong type"),
        BrokenFrame(frame(clicks: "[null]"), preamble + "member 'clicks.Index 0' has the wrong type"),
    ]

    private static let wrongClicks = [
        BrokenFrame(click(t: nil), preamble + "member 'clicks.Index 0.t' is missing"),
        BrokenFrame(click(t: #""1795378500000""#), preamble + "member 'clicks.Index 0.t' has the wrong type"),
        BrokenFrame(click(t: "0"), "a click has the impossible time 0"),
        BrokenFrame(click(t: "1577836799999"), "a click has the impossible time 1577836799999"),
        BrokenFrame(click(t: "7258118400000"), "a click has the impossible time 7258118400000"),
        BrokenFrame(click(t: "9223372036854775807"), "a click has the impossible time 9223372036854775807"),
        BrokenFrame(click(t: "-9223372036854775808"), "a click has the impossible time -9223372036854775808"),
        BrokenFrame(click(t: "1e30"), preamble + "member 'clicks.Index 0.t' has an impossible value"),
        BrokenFrame(click(code: nil), preamble + "member 'clicks.Index 0.code' is missing"),
        BrokenFrame(click(code: "7"), preamble + "member 'clicks.Index 0.code' has the wrong type"),
        BrokenFrame(click(code: #""""#), "a click has a code that no link can have"),
        BrokenFrame(click(code: #""a/b""#), "a click has a code that no link can have"),
        BrokenFrame(click(method: nil), preamble + "member 'clicks.Index 0.method' is missing"),
        BrokenFrame(click(method: #""POST""#), preamble + "member 'clicks.Index 0.method' has an impossible value"),
        BrokenFrame(click(method: #""get""#), preamble + "member 'clicks.Index 0.method' has an impossible value"),
        BrokenFrame(click(more: #","ua":5"#), preamble + "member 'clicks.Index 0.ua' has the wrong type"),
        BrokenFrame(
            frame(frame: String(repeating: "1", count: 2_000)), preamble + "member 'frame' has an impossible value"),
        BrokenFrame(
            click(more: #","prefetch":"yes""#), preamble + "member 'clicks.Index 0.prefetch' has the wrong type"),
    ]
}

@Suite("A message that is no frame") struct ClickFrameErrorTests {
    @Test("is refused, and told why", arguments: BrokenFrame.all)
    func refusal(message: BrokenFrame) {
        do {
            let frame = try ClickFrame(wire: Data(message.text.utf8))
            Issue.record("\(frame) was read")
        } catch {
            #expect(error.description == message.reason)
        }
    }

    @Test(
        "is refused where it is not text",
        arguments: [[0xFF], [0x7B, 0x22, 0xC3, 0x22, 0x7D], [0, 0, 0, 0]] as [[UInt8]])
    func noText(bytes: [UInt8]) {
        #expect(throws: ClickFrameError.malformed(BrokenFrame.unreadable)) {
            try ClickFrame(wire: Data(bytes))
        }
    }

    @Test("has a size in its refusal")
    func size() {
        #expect(
            ClickFrameError.tooLarge(bytes: 300_000).description
                == "the message has 300000 bytes; a frame has at most 245760")
    }

    @Test(
        "may begin with the first and end with the last believable time",
        arguments: [1_577_836_800_000, 7_258_118_399_999])
    func times(milliseconds: Int) throws {
        let text = """
            {"v":1,"journal":"5f0c4a4e-9f60-4b57-8a53-0c1de1c8a7b2","frame":1,
             "clicks":[{"t":\(milliseconds),"code":"a","method":"GET"}]}
            """
        #expect(try ClickFrame(wire: Data(text.utf8)).clicks.first?.time.milliseconds == Int64(milliseconds))
    }
}
