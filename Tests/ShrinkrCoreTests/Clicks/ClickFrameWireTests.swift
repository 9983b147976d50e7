import CoreTestSupport
import FoundationEssentials
import ShrinkrBase
import ShrinkrCore
import TestSupport
import Testing

/// The identity of a journal.
private let journal = "5f0c4a4e-9f60-4b57-8a53-0c1de1c8a7b2"

private func frame(_ text: String) throws -> ClickFrame {
    try ClickFrame(wire: Data(text.utf8))
}

@Suite("A frame on the wire") struct ClickFrameWireTests {
    @Test("is read as it was written", arguments: 0..<20)
    func roundTrip(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let clicks = try (0..<count).map { _ in try Click.random(using: &generator) }
        let id = FrameID(journal: journal, number: .random(in: 1...(.max), using: &generator))
        let bytes = ClickFrame.encode(id: id, clicks: clicks.map(\.json))
        #expect(try ClickFrame(wire: Data(bytes)) == ClickFrame(id: id, clicks: clicks))
        #expect(ClickFrame.encode(id: id, clicks: clicks.map { ArraySlice($0.json) }) == bytes)
    }

    @Test("has the format of version 1")
    func golden() throws {
        let clicks = [try Click.bare().json, try Click.full().json]
        let bytes = ClickFrame.encode(id: FrameID(journal: journal, number: 42), clicks: clicks)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"v":1,"journal":"\(journal)","frame":42,"clicks":[{"t":1795378500000,"code":"a","method":"HEAD"},\
                {"t":1795378500123,"code":"Ab-1_z","method":"GET","ip":"203.0.113.0","visitor":"0123456789abcdef",\
                "ua":"Mozilla/5.0 (X11; Linux x86_64)","referrer":"https://news.example/a/b","lang":"de-CH",\
                "country":"CH","prefetch":true,"confirmed":true}]}
                """)
    }

    @Test("may have members that a newer writer added, in any order")
    func unknownMembers() throws {
        let read = try frame(
            """
            {"sealed": 1e9, "clicks": [{"x": [{}], "method": "GET", "code": "a", "new": null, "t": 1795378500000}],
             "frame": 7, "note": {"v": 2, "clicks": 5}, "journal": "\(journal)", "v": 1}
            """)
        let click = Click(
            time: Timestamp(milliseconds: 1_795_378_500_000), code: try #require(ShortCode("a")), method: .get)
        #expect(read == ClickFrame(id: FrameID(journal: journal, number: 7), clicks: [click]))
    }

    @Test("loses what is longer than a click of ours can have")
    func longParts() throws {
        let long = String(repeating: "ä", count: 20_000)
        let read = try frame(
            """
            {"v":1,"journal":"\(journal)","frame":1,"clicks":[{"t":1795378500000,"code":"a","method":"GET",
             "ua":"x\(long)","referrer":"https://\(long)","lang":"en-\(long)"}]}
            """)
        let click = try #require(read.clicks.first)
        #expect(click.userAgent == "x" + String(repeating: "ä", count: 199))
        #expect(click.referrer == "https://" + String(repeating: "ä", count: 146))
        #expect(click.language == "en-" + String(repeating: "ä", count: 16))
    }

    @Test("loses parts of a click that say nothing, and no click")
    func unusableParts() throws {
        let read = try frame(
            """
            {"v":1,"journal":"\(journal)","frame":1,"clicks":[{"t":1795378500000,"code":"a","method":"GET",
             "ip":"nowhere","visitor":"someone","ua":null,"prefetch":null}]}
            """)
        let click = try #require(read.clicks.first)
        #expect(click.address == nil)
        #expect(click.visitor == nil)
        #expect(click.userAgent == nil)
        #expect(!click.isPrefetch)
    }

    @Test("has hints where a click has some, also such as only newer writers know")
    func hints() throws {
        let samples: [(String, ClickHints)] = [
            ("0", []), ("null", []), ("3", [.headless, .brave]), ("4294967295", .init(rawValue: .max)),
        ]
        for (text, hints) in samples {
            let read = try frame(clickText(#","hints":\#(text)"#))
            #expect(read.clicks.first?.hints == hints)
        }
        for text in ["-1", "4294967296", "1.5", "\"1\"", "[]", "true"] {
            #expect(throws: ClickFrameError.self, "\(text)") { try frame(clickText(#","hints":\#(text)"#)) }
        }
        var click = try Click.bare()
        click.hints = [.brave, .noFetchMode]
        #expect(
            String(decoding: click.json, as: UTF8.self)
                == #"{"t":1795378500000,"code":"a","method":"HEAD","hints":34}"#)
    }

    private func clickText(_ more: String) -> String {
        """
        {"v":1,"journal":"\(journal)","frame":1,"clicks":[{"t":1795378500000,"code":"a","method":"GET"\(more)}]}
        """
    }

    @Test(
        "never brings a whole address in",
        arguments: [("203.0.113.77", "203.0.113.0"), ("2001:db8:1:2::3", "2001:db8:1::")])
    func wholeAddress(text: String, truncated: String) throws {
        let read = try frame(
            """
            {"v":1,"journal":"\(journal)","frame":1,
             "clicks":[{"t":1795378500000,"code":"a","method":"GET","ip":"\(text)"}]}
            """
        )
        #expect(read.clicks.first?.address?.description == truncated)
    }

    @Test("may be as large as its limit")
    func largest() throws {
        let bytes = ClickFrame.encode(id: FrameID(journal: journal, number: 1), clicks: [try Click.bare().json])
        let room = Data(repeating: UInt8(ascii: " "), count: ClickLimits.frameBytes - bytes.count)
        #expect(try ClickFrame(wire: room + bytes).clicks.count == 1)
        #expect(throws: ClickFrameError.tooLarge(bytes: ClickLimits.frameBytes + 1)) {
            try ClickFrame(wire: room + bytes + Data(" ".utf8))
        }
    }

    @Test("is refused at every length but its own")
    func truncation() throws {
        let bytes = ClickFrame.encode(id: FrameID(journal: journal, number: 1), clicks: [try Click.full().json])
        for length in 0..<bytes.count {
            do {
                _ = try ClickFrame(wire: Data(bytes.prefix(length)))
                Issue.record("\(length) bytes were a frame")
            } catch {
                try #require(error == .malformed(BrokenFrame.unreadable), "\(length) bytes")
            }
        }
        #expect(throws: ClickFrameError.self) { try ClickFrame(wire: Data(bytes + bytes)) }
    }
}
