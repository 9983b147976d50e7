import Testing

@testable import ShrinkrLaunch

/// What `body` says is wrong with the configuration.
func problem(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let error as ConfigurationError {
        return error.description
    }
}

@Suite("The settings reader") struct SettingsReaderTests {
    @Test("reads a flag before a variable, and a variable before nothing", arguments: Setting.allCases)
    func precedence(setting: Setting) async throws {
        let environment = [setting.variable: "of the environment", "PATH": "/bin"]
        #expect(try await SettingsReader(flags: [:], environment: [:]).text(setting) == nil)
        #expect(try await SettingsReader(flags: [:], environment: environment).text(setting) == "of the environment")
        #expect(
            try await SettingsReader(flags: [setting: "of the flag"], environment: [:]).text(setting) == "of the flag")
        #expect(
            try await SettingsReader(flags: [setting: "of the flag"], environment: environment).text(setting)
                == "of the flag")
    }

    @Test("does not mistake one setting for another")
    func distinctSettings() async throws {
        let environment = Dictionary(uniqueKeysWithValues: Setting.allCases.map { ($0.variable, $0.variable) })
        let reader = SettingsReader(flags: [:], environment: environment)
        for setting in Setting.allCases { #expect(try await reader.text(setting) == setting.variable) }
    }

    @Test("takes an empty value for none")
    func emptyValues() async throws {
        let reader = SettingsReader(flags: [.logLevel: ""], environment: ["SHRINKR_HTTP_PORT": ""])
        #expect(try await reader.text(.httpPort) == nil)
        #expect(try await reader.integer(.httpPort) == 8_000)
        #expect(try await reader.text(.logLevel) == nil)
    }

    @Test("knows defaults, of which some are others where the queue is in the process")
    func defaults() async throws {
        let reader = SettingsReader(flags: [:], environment: [:])
        #expect(try await reader.bytes(.cacheSize) == 64 << 20)
        #expect(try await reader.bool(.allowPrivateDestinations) == false)
        #expect(try await reader.givenInteger(.httpMaxConnectionsPerClient) == nil)
        #expect(try await reader.duration(.flushInterval) == .seconds(30))
        #expect(try await reader.duration(.flushInterval, isEmbedded: true) == .seconds(2))
        #expect(try await reader.duration(.drainDelay, isEmbedded: true) == .zero)
    }

    @Test("reads numbers, sizes, durations and switches")
    func values() async throws {
        let reader = SettingsReader(
            flags: [.httpPort: "8080", .cacheSize: "1MiB"],
            environment: ["SHRINKR_FLUSH_INTERVAL": "250ms", "SHRINKR_ALLOW_PRIVATE_DESTINATIONS": "TRUE"])
        #expect(try await reader.integer(.httpPort) == 8_080)
        #expect(try await reader.bytes(.cacheSize) == 1_048_576)
        #expect(try await reader.duration(.flushInterval) == .milliseconds(250))
        #expect(try await reader.bool(.allowPrivateDestinations) == true)
    }

    @Test(
        "knows two switch positions",
        arguments: [("true", true), ("1", true), ("True", true), ("false", false), ("0", false), ("FALSE", false)])
    func switches(text: String, value: Bool) async throws {
        let reader = SettingsReader(flags: [:], environment: ["SHRINKR_ALLOW_PRIVATE_DESTINATIONS": text])
        #expect(try await reader.bool(.allowPrivateDestinations) == value)
    }

    @Test("says which switch position it does not know", arguments: ["yes", "on", "2", "t", " true"])
    func wrongSwitches(text: String) async throws {
        let reader = SettingsReader(flags: [:], environment: ["SHRINKR_ALLOW_PRIVATE_DESTINATIONS": text])
        #expect(
            try await problem { _ = try await reader.bool(.allowPrivateDestinations) } == """
                SHRINKR_ALLOW_PRIVATE_DESTINATIONS (or --allow-private-destinations) is '\(text)', not true or false; \
                for example: true
                """)
    }

    @Test(
        "says which number it cannot use",
        arguments: ["x", "0", "17", "-1", "1.5", "1e1", " 5", "5 ", "99999999999999999999", "٥"])
    func wrongNumbers(text: String) async throws {
        let reader = SettingsReader(flags: [:], environment: ["SHRINKR_RECEIVERS": text])
        #expect(
            try await problem { _ = try await reader.integer(.receivers) } == """
                SHRINKR_RECEIVERS (or --receivers) is '\(text)', not a whole number from 1 to 16; for example: 2
                """)
    }

    @Test("says which duration it cannot use", arguments: ["x", "5", "9ms", "1.5s", "61m", "2h", "-5s"])
    func wrongDurations(text: String) async throws {
        let reader = SettingsReader(flags: [:], environment: ["SHRINKR_FLUSH_INTERVAL": text])
        #expect(
            try await problem { _ = try await reader.duration(.flushInterval) } == """
                SHRINKR_FLUSH_INTERVAL (or --flush-interval) is '\(text)', not a duration from 10ms to 1h, with \
                its unit (ms, s, m, h, d); for example: 30s
                """)
    }

    @Test("says which size it cannot use", arguments: ["x", "1023", "1KB", "2GiB", "-16"])
    func wrongSizes(text: String) async throws {
        let reader = SettingsReader(flags: [:], environment: ["SHRINKR_HTTP_MAX_BODY": text])
        #expect(
            try await problem { _ = try await reader.bytes(.httpMaxBody) } == """
                SHRINKR_HTTP_MAX_BODY (or --http-max-body) is '\(text)', not a size from 1KiB to 1GiB, in bytes or with \
                a unit (KiB, MiB, GiB); for example: 64KiB
                """)
    }

    @Test("shows no more than the beginning of a long value")
    func longValue() async throws {
        let reader = SettingsReader(
            flags: [:], environment: ["SHRINKR_RECEIVERS": String(repeating: "9", count: 100_000)])
        let text = try #require(try await problem { _ = try await reader.integer(.receivers) })
        #expect(text.count < 300)
    }

    @Test("never shows a secret", arguments: Setting.allCases.filter(\.isSecret))
    func secrets(setting: Setting) async throws {
        let reader = SettingsReader(flags: [:], environment: [setting.variable: "hunter2"])
        let name = setting.hasFlag ? "\(setting.variable) (or \(setting.flag))" : setting.variable
        #expect(
            try await problem { _ = try await reader.given(setting) { _ in nil as Int? } }
                == "\(name) is not \(setting.declaration.expected); for example: \(setting.example)")
    }

    @Test("finds variables that begin like ours and are none")
    func unknownVariables() {
        let known = Dictionary(uniqueKeysWithValues: Setting.allCases.map { ($0.variable, "x") })
        let reader = SettingsReader(
            flags: [:],
            environment: known.merging(
                ["SHRINKR_HTTP_PROT": "1", "SHRINKR_": "", "SHRINKR_http_port": "2", "SHRINK_X": "3", "PATH": "4"]
            ) { $1 })
        #expect(reader.unknownVariables == ["SHRINKR_", "SHRINKR_HTTP_PROT", "SHRINKR_http_port"])
    }

    /// A new version may be started with the variables of an old one.
    @Test("tells variables of earlier versions from unknown ones")
    func retiredVariables() {
        func reader(_ value: String) -> SettingsReader {
            SettingsReader(flags: [:], environment: ["SHRINKR_VISITOR_SECRET": value])
        }
        #expect(reader("0123456789abcdef").unknownVariables.isEmpty)
        #expect(reader("0123456789abcdef").retiredVariables.map(\.variable) == ["SHRINKR_VISITOR_SECRET"])
        #expect(reader("").retiredVariables.isEmpty)
    }
}
