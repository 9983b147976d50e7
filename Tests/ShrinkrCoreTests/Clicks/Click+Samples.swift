import ShrinkrBase
import ShrinkrCore
import TestSupport
import Testing

extension Click {
    /// A click of which everything is known.
    static func full() throws -> Click {
        Click(
            time: Timestamp(milliseconds: 1_795_378_500_123), code: try #require(ShortCode("Ab-1_z")), method: .get,
            address: IPAddress("203.0.113.0"), visitor: VisitorHash(bits: 0x0123_4567_89AB_CDEF),
            userAgent: "Mozilla/5.0 (X11; Linux x86_64)", referrer: "https://news.example/a/b", language: "de-CH",
            country: "CH", isPrefetch: true, isConfirmed: true)
    }

    /// A click of which nothing is known.
    static func bare() throws -> Click {
        Click(time: Timestamp(milliseconds: 1_795_378_500_000), code: try #require(ShortCode("a")), method: .head)
    }

    /// A click as the API would make it, within ``ClickLimits`` and without characters that are replaced.
    static func random(using generator: inout SeededGenerator) throws -> Click {
        func text(_ limit: Int) -> String? {
            guard Bool.random(using: &generator) else { return nil }
            var text = ""
            while let piece = ["a", "Z", " ", "\"", "\\", "/", "é", "€", "🙂", "\u{2028}", "</x>"].randomElement(
                using: &generator),
                text.utf8.count + piece.utf8.count <= limit, Int.random(in: 0..<100, using: &generator) > 0
            { text += piece }
            return text
        }
        let bytes = (0..<(Bool.random(using: &generator) ? 4 : 16)).map { _ in
            UInt8.random(in: 1...255, using: &generator)
        }
        let times = ClickLimits.times.lowerBound.milliseconds..<ClickLimits.times.upperBound.milliseconds
        let hints = Bool.random(using: &generator) ? UInt32.random(in: 0...(.max), using: &generator) : 0
        return Click(
            time: Timestamp(milliseconds: .random(in: times, using: &generator)),
            code: try #require(ShortCode(String(repeating: "c", count: .random(in: 1...64, using: &generator)))),
            method: Bool.random(using: &generator) ? .get : .head,
            address: Bool.random(using: &generator) ? IPAddress(bytes: bytes)?.truncated : nil,
            visitor: Bool.random(using: &generator)
                ? VisitorHash(bits: .random(in: 0...(.max), using: &generator)) : nil,
            userAgent: text(ClickLimits.userAgentBytes), referrer: text(ClickLimits.referrerBytes),
            language: text(ClickLimits.languageBytes), country: Bool.random(using: &generator) ? "DE" : nil,
            isPrefetch: Bool.random(using: &generator), isConfirmed: Bool.random(using: &generator),
            hints: ClickHints(rawValue: hints))
    }
}
