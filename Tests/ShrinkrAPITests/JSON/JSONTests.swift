import ShrinkrBase
import Testing

@Suite struct JSONTests {
    private func parse(_ text: String) -> JSONValue? { try? JSONParser.parse(Array(text.utf8)) }

    private func write(_ value: JSONValue) -> String { String(decoding: value.bytes, as: UTF8.self) }

    @Test(
        arguments: [
            ("null", .null), ("true", true), ("false", false), ("0", 0), ("-1", -1),
            ("9007199254740991", 9_007_199_254_740_991),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("-9223372036854775808", .integer(.min)), ("1.5", .number(1.5)),
            ("-0.25e2", .number(-25)), (#""""#, ""), (#""a\"\\\/\b\f\n\r\té😀""#, "a\"\\/\u{8}\u{c}\n\r\té😀"),
            ("[]", []), ("{}", [:]), (" [ 1 ,\n\t[ ] ] ", [1, []]),
            (#"{"b":1,"a":{"c":null}}"#, ["b": 1, "a": ["c": .null]]),
            ("\"\u{7f}ü\u{2028}\"", "\u{7f}ü\u{2028}"),
        ] as [(String, JSONValue)])
    func jsonIsRead(_ text: String, _ value: JSONValue) {
        #expect(parse(text) == value)
    }

    /// RFC 8259, section 4: objects with equal names are unpredictable, so whoever reads one has to see both.
    @Test func membersKeepTheirOrderAndTheirDoubles() {
        #expect(
            parse(#"{"z":1,"a":2,"z":3,"\u007a":4}"#)
                == .object([.init("z", 1), .init("a", 2), .init("z", 3), .init("z", 4)]))
    }

    @Test(arguments: [
        "", " ", "nul", "True", "01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "Infinity", "'a'", "\"", #""\x""#,
        #""\u12""#,
        #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\"\n\"", "\"\u{0}\"", "[", "[1", "[1,]", "[,1]", "[1 2]", "{",
        #"{"a"}"#,
        #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":1 "b":2}"#, "{1:2}", "1 2", "[]]", "/*c*/1", "\u{FEFF}1",
    ])
    func otherTextIsNotRead(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test(arguments: [[0xFF], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x31, 0x00]] as [[UInt8]])
    func bytesThatAreNoUTF8AreNotRead(_ bytes: [UInt8]) {
        #expect(throws: JSONParser.Malformed.self) { try JSONParser.parse(bytes) }
    }

    @Test func depthIsLimited() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(parse(nested(64)) != nil)
        #expect(parse(nested(65)) == nil)
        #expect(parse(nested(100_000)) == nil)
        #expect(parse(String(repeating: #"{"a":"#, count: 100_000)) == nil)
    }

    /// No string that goes in comes out as another, and nothing in it can end it early.
    @Test func textSurvivesTheRoundTrip() {
        let all = String(String.UnicodeScalarView((0...0x2FFF).compactMap { Unicode.Scalar($0) })) + "😀\u{FFFF}"
        let value: JSONValue = .array([.string(all)])
        #expect(parse(write(value)) == value)
        #expect(
            write(["a": "\"\\\n\u{1}\u{7f}", "b": [1, .null, true]]) == #"{"a":"\"\\\n\u0001\u007f","b":[1,null,true]}"#
        )
    }

    /// A number may have any length, and what nobody can mean costs no work.
    @Test func longNumbersAreNoValues() {
        let digits = String(repeating: "9", count: 300)
        #expect(parse(digits) == .number(1e300))
        for text in [String(repeating: "9", count: 100_000), "0." + String(repeating: "3", count: 100_000)] {
            #expect(parse("[\(text)]") == [.number(.infinity)])
            #expect(parse("[\(text)x]") == nil)
        }
    }

    @Test func numbersThatJSONHasNotAreNull() {
        #expect(write(.number(.infinity)) == "null")
        #expect(write(.number(.nan)) == "null")
        #expect(write(.number(1.5)) == "1.5")
    }
}
