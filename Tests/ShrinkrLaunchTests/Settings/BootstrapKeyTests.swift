import ShrinkrAPI
import Testing

@testable import APILaunch
@testable import ShrinkrLaunch

@Suite("The key of the configuration") struct BootstrapKeyTests {
    private func key(_ text: String) async throws -> String? {
        try await BootstrapKey.read(SettingsReader(flags: [:], environment: ["SHRINKR_API_KEY": text]))
    }

    @Test(
        "is refused where somebody could guess it",
        arguments: [
            "short", "passwordpassword", "a-key-for-this-machine-only", "a-long-random-text",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "0123456789abcdef0123456789abcdef", "qwertyuiopasdfghjklzxcvbnm", "abcdabcdabcdabcdabcdabcd",
            "Summer2026!Summer2026",
            "P@ssw0rdP@ssw0rd1!", "correct-horse-battery-staple", "correcthorsebatterystaple", "ThisIsMySecretKey2026",
            "my-super-secret-api-key", "shrinkr-api-key-production-1", "changeme-changeme", "11223344556677889900",
            "bootstrap-key-of-the-end-to-end-tests-0123456789", "deadbeefdeadbeefdeadbeef", "1234512345123451234512345",
            "shk_0123456789ab_0000000000000000000000000000000000000000000000000000000000000000",
            "1qaz2wsx3edc4rfv", "!QAZ2wsx#EDC4rfv", "qazwsxedcrfvtgbyhnujm", "zaq12wsxcde34rfv",
            "the output of 'openssl rand -hex 32'", "schlüssel-schlüssel-schlüssel",
        ])
    func guessable(_ text: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) { _ = try await key(text) }
        let sentence = try #require(error).description
        #expect(sentence.hasPrefix("SHRINKR_API_KEY is not a random text"))
        #expect(sentence.contains("openssl rand -hex 32"))
        #expect(!sentence.contains(text) || text.hasPrefix("the output"))
    }

    @Test(
        "may be what a random generator makes, in any common form",
        arguments: [
            // openssl rand -hex 16, -hex 32, -base64 24, a UUID, letters and digits, and a key of our own.
            "9f86d081884c7d659a2feaa0c55ad015", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "JvKcTzVUM0qX3gqYwq5ZC7mGh2eB1RbD", "cea6dc33-7142-48a7-b67d-8d0283a21357", "kV7q2ZxB9mT4hWcR",
            "L9wQz+Tn/2xYk0VbJm4sFg==",
            "shk_9f86d081884c_2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        ])
    func random(_ text: String) async throws {
        #expect(try await key(text) == text)
    }

    @Test("is hardly ever refused when it is random")
    func generated() {
        let digits = Array("0123456789abcdef".utf8)
        for _ in 0..<500 {
            let text = (0..<64).map { _ in digits[Int.random(in: 0..<16)] }
            #expect(GuessingEffort.bits(of: text) > 128, "\(String(decoding: text, as: UTF8.self))")
        }
    }
}

@Suite("Limits") struct RateLimitSettingTests {
    private func limits(_ environment: [String: String]) async throws -> RateLimits {
        try await RateLimits(SettingsReader(flags: [:], environment: environment))
    }

    @Test("are read, and can be switched off")
    func values() async throws {
        let limits = try await limits([
            "SHRINKR_LIMIT_WRONG_KEYS": "5/10s", "SHRINKR_LIMIT_UNKNOWN_CODES": "off", "SHRINKR_LIMIT_CREATES": "0",
        ])
        #expect(limits.wrongKeys == RateLimit(count: 5, seconds: 10))
        #expect(limits.unknownCodes == nil)
        #expect(limits.creates == nil)
        #expect(try await self.limits([:]) == RateLimits())
    }

    @Test(
        "that mean nothing are refused",
        arguments: ["60", "60/", "/1m", "60/1", "60/500ms", "-1/1m", "1/2d", "1/1m/1m", "no"])
    func nonsense(_ text: String) async throws {
        await #expect(throws: ConfigurationError.self) { _ = try await limits(["SHRINKR_LIMIT_CREATES": text]) }
    }
}
