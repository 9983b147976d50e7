import ClickJournal
import ShrinkrAPI
import ShrinkrWorker
import Testing

@testable import APILaunch
@testable import ShrinkrLaunch
@testable import WorkerLaunch

/// Reads everything that the programs configure themselves by, but for the folder of reports.
private func readAll(_ environment: [String: String]) async throws {
    let reader = SettingsReader(flags: [:], environment: environment)
    _ = try await SharedSettings(reader)
    _ = try await APIConfiguration(reader)
    _ = try await JournalConfiguration(reader, isEmbedded: false)
    _ = try await WorkerConfiguration(reader, isEmbedded: false)
}

@Suite("The catalogue of settings") struct SettingCatalogTests {
    /// Settings that take any text, or are read only together with a database or a disk.
    private static let unchecked: Set<Setting> = [.dataDir, .databasePassword, .deniedDomainsFile, .reportsURL]

    @Test("derives variable and flag from one name")
    func names() {
        #expect(Setting.httpPort.variable == "SHRINKR_HTTP_PORT")
        #expect(Setting.httpPort.flag == "--http-port")
        #expect(Setting.clickQueueURL.variable == "SHRINKR_CLICK_QUEUE_URL")
        #expect(Setting.clickQueueURL.flag == "--click-queue-url")
    }

    @Test("has every name once")
    func uniqueness() {
        #expect(Set(Setting.allCases.map(\.variable)).count == Setting.allCases.count)
    }

    /// The parts have defaults of their own, for tests and for whoever uses one alone.
    @Test("has the defaults of the parts that the settings are for")
    func defaults() async throws {
        let reader = SettingsReader(flags: [:], environment: [:])
        #expect(try await HTTPLimits(reader) == HTTPLimits())
        #expect(try await RateLimits(reader) == RateLimits())
        #expect(try await JournalConfiguration(reader, isEmbedded: false) == JournalConfiguration())
        #expect(try await JournalConfiguration(reader, isEmbedded: true).sealInterval == .milliseconds(250))
        #expect(try await WorkerConfiguration(reader, isEmbedded: false) == WorkerConfiguration())
        #expect(try await WorkerConfiguration(reader, isEmbedded: true) == .embedded)
        let api = try await APIConfiguration(reader)
        let plain = APIConfiguration(host: "127.0.0.1", port: 8_000, baseURL: api.baseURL)
        #expect(api.origin == "http://127.0.0.1:8000")
        #expect((api.host, api.port, api.cacheBytes) == (plain.host, plain.port, plain.cacheBytes))
        #expect((api.accessLog, api.drainDelay) == (plain.accessLog, plain.drainDelay))
        #expect(api.redirectLane == plain.redirectLane)
        #expect((api.queryTimeout, api.journalSyncInterval) == (plain.queryTimeout, plain.journalSyncInterval))
    }

    @Test(
        "names choices as their help does",
        arguments: [Setting.codeCase, .databasePreparedStatements, .logLevel, .logFormat])
    func choices(setting: Setting) {
        #expect(setting.declaration.help.contains(setting.declaration.expected))
    }

    @Test("names the length of a key")
    func keyLength() {
        #expect(Setting.apiKey.declaration.expected.contains(" \(BootstrapKey.minimumLength) visible characters"))
    }

    @Test("has secrets, of which two have no flag")
    func secrets() {
        #expect(Setting.allCases.filter(\.isSecret) == [.databaseURL, .databasePassword, .apiKey])
        #expect(Setting.allCases.filter { !$0.hasFlag } == [.databasePassword, .apiKey])
    }

    /// A key that everybody can read here would be none; its example says how to make one.
    @Test("gives examples that are accepted", arguments: Setting.allCases.filter { $0 != .apiKey })
    func examples(setting: Setting) async throws {
        #expect(try await problem { try await readAll([setting.variable: setting.example]) } == nil)
    }

    @Test(
        "names the setting that is wrong, and an example",
        arguments: Setting.allCases.filter { !unchecked.contains($0) })
    func nonsense(setting: Setting) async throws {
        let value = "¿hunter2?"
        let text = try #require(try await problem { try await readAll([setting.variable: value]) })
        #expect(text.hasPrefix(setting.hasFlag ? "\(setting.variable) (or \(setting.flag)) " : "\(setting.variable) "))
        #expect(text.hasSuffix("; for example: \(setting.example)"))
        #expect(!setting.isSecret || !text.contains("hunter2"))
    }
}
