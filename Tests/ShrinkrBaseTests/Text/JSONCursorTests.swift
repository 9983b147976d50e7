import ShrinkrBase
import TestSupport
import Testing

@Suite("A cursor over JSON") struct JSONCursorTests {
    private static let texts = [
        #"{"a":[1,-2.5e3,true,false,null,"x\n\u00e9\ud83d\ude00",{}],"b":{"c":[[],[0]]}}"#, "", " ", "1", "-0", "01",
        "-",
        "1.", "1e", "1e+", "1E400", "123456789012345678901234567890", "tru", "nulll", "\"", #""\"#, #""\x""#,
        #""\ud800""#,
        #""\ud800\u0041""#, #""\udc00""#, "\"\u{1}\"", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}", "[1}", "{\"a\":1]", "[[[[[[", "\u{FEFF}1", "\"\u{2028}🙂\"",
        String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
        String(repeating: "9", count: 1_024), String(repeating: "9", count: 1_025),
    ]

    private static func isJSON(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { JSONCursor.isJSON($0) } }

    @Test("takes what the parser takes", arguments: texts)
    func text(_ text: String) {
        #expect(Self.isJSON(Array(text.utf8)) == ((try? JSONParser.parse(Array(text.utf8))) != nil))
    }

    @Test("takes what the parser takes, of texts with bytes changed", arguments: 0..<50)
    func changes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]",:\u0aeE+-.19tfn 🙂"#.utf8) + [0x80, 0xFF, 0]
        for _ in 0..<200 {
            var bytes = Array(try #require(Self.texts.randomElement(using: &generator)).utf8.prefix(200))
            for _ in 0..<Int.random(in: 0..<4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = try #require(alphabet.randomElement(using: &generator))
                if Bool.random(using: &generator) { bytes[place] = byte } else { bytes.insert(byte, at: place) }
            }
            #expect(Self.isJSON(bytes) == ((try? JSONParser.parse(bytes)) != nil), "\(bytes)")
        }
    }

    @Test("numbers strings in the order in which they first come, however many", arguments: [0, 1, 1_000])
    func table(count: Int) {
        var table = ByteTable()
        for round in 0..<2 {
            for number in 0..<count {
                let entry = Array("text \(number)".utf8).withUnsafeBufferPointer { table.number(of: $0) }
                #expect(entry == (number, round == 0))
            }
        }
        #expect(table.count == count)
        if count > 0 { #expect(table[count - 1].elementsEqual("text \(count - 1)".utf8)) }
    }
}
