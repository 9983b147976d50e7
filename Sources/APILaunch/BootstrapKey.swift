import ShrinkrLaunch

/// The key of the configuration, which opens everything: it must be a random one.
enum BootstrapKey {
    /// Fewest characters.
    static let minimumLength = 16
    /// Fewest bits that ``GuessingEffort`` must find in it; what a random generator makes of 16 letters and digits has 95.
    static let minimumBits = 80.0

    /// - Throws: ``ConfigurationError`` where somebody could guess it.
    static func read(_ reader: SettingsReader) async throws -> String? {
        let expected = "a random text of at least \(minimumLength) visible characters that nobody can guess"
        return try await reader.value(.apiKey, expected) { text in
            let bytes = Array(text.utf8)
            guard bytes.count >= minimumLength, bytes.allSatisfy({ (0x21...0x7E).contains($0) }),
                GuessingEffort.bits(of: bytes.prefix(1_024)) >= minimumBits
            else { return nil }
            return text
        }
    }
}
