import ShrinkrBase
import ShrinkrCore
import ShrinkrStore
import Testing

/// 2026-11-22T00:00:00Z, the start of a day.
let midnight = Timestamp(seconds: 1_795_305_600)

func code(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> ShortCode {
    try #require(ShortCode(text), sourceLocation: sourceLocation)
}

extension LinkStore {
    /// Makes sure that the codes are links.
    func insertLinks(_ codes: String...) async throws {
        let links = try codes.map {
            NewLink(
                candidates: [try code($0)], settings: LinkSettings(url: "https://example.com/"), createdAt: midnight)
        }
        for outcome in try await insert(links, completing: nil) { try #require(outcome != .taken) }
    }
}
