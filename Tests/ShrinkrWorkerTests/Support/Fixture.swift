import ClickQueue
import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import StoreTestSupport
import Testing

/// Clicks, frames and links to test with.
enum Fixture {
    static let journal = "2f0c9e3a-9a53-4a0e-8a94-6c4d0d7a51c5"
    static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
    /// Of browsers on several systems and devices.
    static let userAgents = [
        firefox, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16",
        "Roku/DVP-14.5 (14.5.4.5934-88)",
    ]
    /// 2026-11-22T20:15:00Z.
    static let time = Timestamp(seconds: 1_795_378_500)

    static func code(_ text: String) throws -> ShortCode {
        try #require(ShortCode(text))
    }

    static func click(
        code: String = "abc", at time: Timestamp = Fixture.time, visitor: UInt64? = nil,
        userAgent: String? = Fixture.firefox, referrer: String? = nil, language: String? = nil, country: String? = nil
    ) throws -> Click {
        Click(
            time: time, code: try Self.code(code), method: .get, visitor: visitor.map(VisitorHash.init(bits:)),
            userAgent: userAgent, referrer: referrer, language: language, country: country)
    }

    static func outgoing(_ number: Int64, _ clicks: [Click]) -> OutgoingFrame {
        let id = FrameID(journal: journal, number: number)
        let bodies = clicks.map { click in
            var bytes: [UInt8] = []
            click.appendJSON(to: &bytes)
            return bytes
        }
        return OutgoingFrame(id: id, body: ClickFrame.encode(id: id, clicks: bodies))
    }

    /// A frame with clicks on links `a`, `b` and `c`, a different mix for every number.
    static func mixedFrame(_ number: Int64) throws -> (frame: OutgoingFrame, clicks: [Click]) {
        let clicks = try (0..<(1 + number % 7)).map { index in
            let userAgent = userAgents[Int(number * 7 + index) % userAgents.count]
            return try click(
                code: ["a", "b", "c"][Int(number + index) % 3], at: time.advanced(by: .seconds(600 * (number % 20))),
                visitor: UInt64(number % 5), userAgent: userAgent)
        }
        return (outgoing(number, clicks), clicks)
    }

    static func insertLinks(_ codes: String..., into store: MemoryStore) async throws {
        let links = try codes.map { code in
            NewLink(
                candidates: [try Self.code(code)], settings: LinkSettings(url: "https://example.com/\(code)"),
                createdAt: time)
        }
        _ = try await store.insert(links, completing: nil)
    }
}
