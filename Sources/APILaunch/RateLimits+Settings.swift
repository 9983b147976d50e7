import ShrinkrAPI
import ShrinkrLaunch
import ShrinkrProcess

extension RateLimits {
    /// Reads the limits.
    init(_ reader: SettingsReader) async throws {
        self.init()
        wrongKeys = try await Self.limit(.limitWrongKeys, reader)
        unknownCodes = try await Self.limit(.limitUnknownCodes, reader)
        creates = try await Self.limit(.limitCreates, reader)
    }

    private static func limit(_ setting: Setting, _ reader: SettingsReader) async throws -> RateLimit? {
        try await reader.value(setting) { text in
            if text == "off" || text == "0" { return RateLimit?.none }
            return RateLimit(text).map { RateLimit?.some($0) }
        }
    }
}

extension RateLimit {
    /// Reads `60/1m`.
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let time = Duration(shorthand: String(parts[1])),
            time.components.attoseconds == 0
        else { return nil }
        self.init(count: count, seconds: Int(time.components.seconds))
    }
}
