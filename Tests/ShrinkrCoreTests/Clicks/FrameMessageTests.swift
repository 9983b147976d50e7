import CoreTestSupport
import ShrinkrBase
import TestSupport
import Testing

@testable import ShrinkrCore

private let journal = "5f0c4a4e-9f60-4b57-8a53-0c1de1c8a7b2"

@Suite("A message of frames", .ownThread) struct FrameMessageTests {
    private static func frames(_ count: Int, _ generator: inout SeededGenerator) throws -> [ClickFrame] {
        var number: Int64 = 0
        return try (0..<count).map { _ in
            number += .random(in: 1...3, using: &generator)
            let clicks = try (0..<Int.random(in: 0..<20, using: &generator)).map { _ in
                try Click.random(using: &generator)
            }
            return ClickFrame(
                id: FrameID(journal: journal, number: number), clicks: clicks,
                isPartial: Bool.random(using: &generator))
        }
    }

    private static func message(_ frames: [ClickFrame]) throws -> FrameMessage {
        try #require(
            FrameMessage(
                frames.map { (id: $0.id, records: $0.clicks.map { ArraySlice($0.json) }, isPartial: $0.isPartial) }))
    }

    @Test("is read as it was written in version 2, and always written so", arguments: 1..<40)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let frames = try Self.frames(Int(seed % 5) + 1, &generator)
        let bytes = try Self.message(frames).packed()
        let read = try FrameMessage(wire: bytes)
        #expect(read.clickFrames == frames)
        #expect(try Self.message(read.clickFrames).packed() == bytes)
    }

    @Test("is the beginning of a frame, and no click of it, to a reader of version 1", arguments: 1..<10)
    func oldReader(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let frames = try Self.frames(3, &generator)
        let read = try FrameOracle.read(try Self.message(frames).packed())
        #expect(read == ClickFrame(id: frames[0].id, clicks: [], isPartial: true))
    }

    @Test("has the format of version 2")
    func golden() throws {
        var second = try Click.full()
        second.time = second.time.advanced(by: .milliseconds(-3))
        second.userAgent = "Mozilla/5.0 (X11; \"ä\")"
        second.address = IPAddress("2001:db8:1::")
        var third = try Click.full()
        (third.isPrefetch, third.isConfirmed) = (false, false)
        let message = try Self.message([
            ClickFrame(id: FrameID(journal: journal, number: 41), clicks: [try Click.bare(), try Click.full()]),
            ClickFrame(id: FrameID(journal: journal, number: 43), clicks: [second, third], isPartial: true),
        ])
        #expect(
            String(decoding: message.packed(), as: UTF8.self) == """
                {"v":1,"journal":"\(journal)","frame":41,"partial":true,"clicks":[],"packed":{"version":2,\
                "frames":[[41,2],[43,2,1]],"codes":["a","Ab-1_z"],\
                "agents":["Mozilla/5.0 (X11; \\"ä\\")",[18,"Linux x86_64)"]],"referrers":["https://news.example/a/b"],\
                "languages":["de-CH"],"countries":["CH"],"networks":[13303921,316663860625296],"time":1795378500000,\
                "clicks":[[0,1,0,0,0,0,0,0,1],[123,2,2,1,1,1,1,"ASNFZ4mrze8",6],[-3,2,1,1,1,1,2,"ASNFZ4mrze8",6],\
                [3,2,2,1,1,1,1,"ASNFZ4mrze8"]]}}
                """)
    }

    @Test("brings hints along in either version")
    func hints() throws {
        let click = #"{"t":1795378500000,"code":"a","method":"GET","hints":5}"#
        let one = #"{"v":1,"journal":"\#(journal)","frame":1,"clicks":[\#(click)]}"#
        let read = try FrameMessage(wire: Array(one.utf8))
        #expect(read.clicks.map(\.hints) == [5])
        #expect(try FrameMessage(wire: read.packed()).clicks == read.clicks)
    }

    @Test("says what its clicks say in version 1, of messages with bytes changed", arguments: 0..<60)
    func oracle(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]",:\u0e+-.19tfn é"#.utf8) + [0xFF]
        for _ in 0..<60 {
            let clicks = try (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                try Click.random(using: &generator)
            }
            let frame = ClickFrame(
                id: FrameID(journal: journal, number: 7), clicks: clicks, isPartial: Bool.random(using: &generator))
            var bytes = frame.wire
            for _ in 0..<Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = try #require(alphabet.randomElement(using: &generator))
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            let expected = Result { () throws(ClickFrameError) in try FrameOracle.read(bytes) }
            let read = Result { () throws(ClickFrameError) in try FrameMessage(wire: bytes).clickFrames[0] }
            #expect(read == expected, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}

@Suite("A packed message that is none", .ownThread) struct PackedMessageErrorTests {
    private static let members: [(String, String)] = [
        ("version", "2"), ("frames", "[[1,2]]"), ("codes", #"["a"]"#), ("agents", #"["Mozilla/5.0",[8,"6.0"]]"#),
        ("referrers", #"["https://a.example/"]"#), ("languages", #"["de"]"#), ("countries", #"["DE"]"#),
        ("networks", "[5]"), ("time", "1795378500000"),
        ("clicks", #"[[0,1,1,1,1,1,1,"ASNFZ4mrze8"],[1,1,2,0,0,0,0,0,7,9]]"#),
    ]

    private static func message(_ changed: String? = nil, _ value: String? = nil) -> [UInt8] {
        let members = members.compactMap { name, own -> String? in
            let value = name.elementsEqual(changed ?? "") ? value : own
            return value.map { #""\#(name)":\#($0)"# }
        }
        return Array(
            #"{"v":1,"journal":"\#(journal)","frame":1,"clicks":[],"packed":{\#(members.joined(separator: ","))}}"#.utf8
        )
    }

    @Test("is read where nothing is wrong")
    func good() throws {
        let read = try FrameMessage(wire: Self.message())
        #expect(read.userAgents.map(\.string) == ["Mozilla/5.0", "Mozilla/6.0"])
        #expect(read.clicks.map(\.hints) == [0, 9])
        #expect(try FrameMessage(wire: Self.message("more", "5")).clicks == read.clicks)
    }

    @Test(
        "is refused",
        arguments: [
            ("version", nil), ("version", #""2""#), ("frames", nil), ("frames", "[]"), ("frames", "[[2,2]]"),
            ("frames", "[[1,1]]"), ("frames", "[[1,3]]"), ("frames", "[[1,-2]]"), ("frames", "[[1,10001]]"),
            ("frames", "[[1,1],[1,1]]"), ("frames", "[[1,2,0]]"), ("frames", "[[1,2,1,1]]"), ("frames", "[1]"),
            ("frames", "{}"), ("codes", "[]"), ("codes", #"["a/b"]"#), ("codes", #"[""]"#), ("codes", "[1]"),
            ("codes", #"["a","b","c"]"#), ("agents", nil), ("agents", #"[[8,"6.0"],"Mozilla/5.0"]"#),
            ("agents", #"["Mozilla/5.0",[12,"6.0"]]"#), ("agents", #"["Mozilla/5.0",[0,"6.0"]]"#),
            ("agents", #"["é",[1,"a"]]"#), ("agents", #"["Mozilla/5.0",[8,"6.0",1]]"#), ("agents", #"["a",[]]"#),
            ("agents", #"["a",[1]]"#), ("agents", #"["a","b","c"]"#), ("referrers", "[]"), ("referrers", "[5]"),
            ("languages", "[]"), ("countries", "[]"), ("countries", #"["DEU"]"#), ("networks", "[]"),
            ("networks", "[-1]"), ("networks", "[16777216]"), ("networks", "[562949953421312]"), ("networks", "[1.5]"),
            ("time", nil), ("time", "0"), ("time", "999999999999999999"), ("time", "null"), ("clicks", nil),
            ("clicks", "[]"), ("clicks", "[[0,1,0,0,0,0,0,0]]"), ("clicks", "[[],[]]"), ("clicks", "[5,5]"),
        ] as [(String, String?)])
    func refusal(member: String, value: String?) throws {
        do {
            let read = try FrameMessage(wire: Self.message(member, value))
            Issue.record("\(read.clickFrames) was read")
        } catch {
            guard case .malformed = error else { throw error }
        }
    }

    @Test(
        "is refused for a click",
        arguments: [
            "[0]", "[0,0,0,0,0,0,0,0]", "[0,2,0,0,0,0,0,0]", "[0,1,3,0,0,0,0,0]", "[0,1,0,2,0,0,0,0]",
            "[0,1,0,0,2,0,0,0]", "[0,1,0,0,0,2,0,0]", "[0,1,0,0,0,0,2,0]", "[0,1,-1,0,0,0,0,0]", "[0,1,0,0,0,0,0]",
            "[0,1,0,0,0,0,0,1]", #"[0,1,0,0,0,0,0,"ASNFZ4mrze9"]"#, #"[0,1,0,0,0,0,0,"ASNFZ4mrze"]"#,
            #"[0,1,0,0,0,0,0,"ASNFZ4m-ze8"]"#, "[0,1,0,0,0,0,0,0,8]", "[0,1,0,0,0,0,0,0,-1]",
            "[0,1,0,0,0,0,0,0,0,4294967296]", "[0,1,0,0,0,0,0,0,0,-1]", "[0,1,0,0,0,0,0,0,0,0,0]",
            "[0.5,1,0,0,0,0,0,0]", #"["0",1,0,0,0,0,0,0]"#, "[-999999999999999999,1,0,0,0,0,0,0]", "{}", "null",
        ])
    func click(_ click: String) throws {
        do {
            let read = try FrameMessage(wire: Self.message("clicks", "[[0,1,0,0,0,0,0,0],\(click)]"))
            Issue.record("\(read.clickFrames) was read")
        } catch {
            guard case .malformed = error else { throw error }
        }
    }

    @Test("is the beginning of a frame in a version that is to come")
    func newer() throws {
        let read = try FrameMessage(wire: Self.message("version", "3"))
        #expect(read.frames.map(\.id.number) == [1])
        #expect(read.clicks.isEmpty)
    }
}
