import ShrinkrAPI
import ShrinkrLaunch
import ShrinkrProcess

extension RateLimits {
    /// Reads the limits.
    init(_ reader: SettingsReader) async throws {
        self.init()
        wrongKeys = try await Self.limit(.limitWrongKeys, reader, default: wrongKeys)
        unknownCodes = try await Self.limit(.limitUnknownCodes, reader, default: unknownCodes)
        creates = try await Self.limit(.limitCreates, reader, default: creates)
    }

    private static func limit(
        _ setting: Setting, _ reader: SettingsReader, default standard: RateLimit?
    ) async throws -> RateLimit? {
        let expected = "a number and a time of whole seconds up to a day, or off"
        return try await reader.value(setting, expected) { text in
            if text == "off" || text == "0" { return RateLimit?.none }
            return RateLimit(text).map { RateLimit?.some($0) }
        } ?? standard
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
