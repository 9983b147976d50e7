import ShrinkrBase
import Testing

@Suite("A row of comma-separated values") struct CSVRowTests {
    @Test(
        "is text for spreadsheets",
        arguments: [
            ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
            ("a;=1+1", "\"a;=1+1\""),
            ("=1+1", "'=1+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "\"'\tx\""), ("＝1", "'＝1"), ("'=1", "''=1"),
            ("'quoted'", "'quoted'"), ("two\nlines", "\"two\nlines\""),
        ])
    func cell(text: String, written: String) {
        #expect(String(decoding: CSVRow.bytes([text]), as: UTF8.self) == written)
        #expect(String(decoding: CSVRow.bytes([text, text]), as: UTF8.self) == "\(written),\(written)")
    }

    @Test("gives each cell back", arguments: ["=1", "'=1", "''=1", "'", "'a", "", "-", "＠x", "x=1"])
    func mark(text: String) {
        let written = CSVRow.bytes([text])
        #expect(CSVRow.withoutMark(written) == Array(text.utf8))
    }
}
