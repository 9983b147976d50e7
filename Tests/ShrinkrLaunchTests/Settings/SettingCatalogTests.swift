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
    private static let unchecked: Set<Setting> = [.dataDir, .deniedDomainsFile, .reportsURL]

    @Test("derives variable and flag from one name")
    func names() {
        #expect(Setting.httpPort.variable == "SHRINKR_HTTP_PORT")
        #expect(Setting.httpPort.flag == "--http-port")
        #expect(Setting.clickQueueURL.variable == "SHRINKR_CLICK_QUEUE_URL")
        #expect(Setting.clickQueueURL.flag == "--click-queue-url")
    }

    @Test("has every name once")
    func uniqueness() {
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    }

    @Test("has secrets, of which one has no flag")
    func secrets() {
        #expect(Setting.all.filter(\.isSecret) == [.databaseURL, .apiKey])
        #expect(Setting.all.filter { !$0.hasFlag } == [.apiKey])
    }

    /// A key that everybody can read here would be none; its example says how to make one.
    @Test("gives examples that are accepted", arguments: Setting.all.filter { $0 != .apiKey })
    func examples(setting: Setting) async throws {
        #expect(try await problem { try await readAll([setting.variable: setting.example]) } == nil)
    }

    @Test("names the setting that is wrong, and an example", arguments: Setting.all.filter { !unchecked.contains($0) })
    func nonsense(setting: Setting) async throws {
        let value = "¿hunter2?"
        let text = try #require(try await problem { try await readAll([setting.variable: value]) })
        #expect(text.hasPrefix(setting.hasFlag ? "\(setting.variable) (or \(setting.flag)) " : "\(setting.variable) "))
        #expect(text.hasSuffix("; for example: \(setting.example)"))
        #expect(!setting.isSecret || !text.contains("hunter2"))
    }
}
