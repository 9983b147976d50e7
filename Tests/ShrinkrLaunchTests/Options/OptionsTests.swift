import APILaunch
import ArgumentParser
import Testing
import WorkerLaunch

@testable import ShrinkrLaunch

/// The groups of flags of all programs.
private let groups: [any SettingOptions.Type] = [
    PlaceOptions.self, QueueOptions.self, AdminOptions.self, ShutdownOptions.self, LogOptions.self, APIOptions.self,
    WorkerOptions.self,
]

extension SettingOptions {
    /// The settings that the command line gives; nil where it is refused.
    fileprivate static func given(_ arguments: [String]) -> [Setting: String]? {
        (try? parse(arguments))?.settings.compactMapValues { $0 }
    }
}

@Suite("Flags") struct OptionsTests {
    @Test("give every setting that has one, each by one flag of the setting's name", arguments: Setting.allCases)
    func everySetting(setting: Setting) {
        let isSwitch = setting == .allowPrivateDestinations
        let answers = groups.compactMap { $0.given(isSwitch ? [setting.flag] : [setting.flag, "some value"]) }
        #expect(answers == (!setting.hasFlag ? [] : [[setting: isSwitch ? "true" : "some value"]]))
    }

    @Test("have the help of their setting", arguments: Setting.allCases.filter(\.hasFlag))
    func help(setting: Setting) {
        let lines = groups.flatMap {
            $0.helpMessage(columns: 1_000).split(separator: "\n", omittingEmptySubsequences: true)
        }
        let index = lines.firstIndex { $0.contains("  \(setting.flag) ") || $0.hasSuffix("  \(setting.flag)") }
        // The help of a long flag stands in the next line.
        let shown = index.map { lines[$0...].prefix(2).joined(separator: " ") } ?? ""
        #expect(shown.contains(setting.help.abstract))
    }

    @Test("give nothing where they are not given")
    func nothing() {
        #expect(groups.map { $0.given([]) } == groups.map { _ in [:] })
    }

    @Test("belong to one group each")
    func disjointness() throws {
        let settings = try groups.flatMap { Array(try $0.parse([]).settings.keys) }
        #expect(settings.count == Set(settings).count)
        #expect(Set(settings) == Set(Setting.allCases.filter(\.hasFlag)))
    }

    @Test("all give a setting")
    func everyFlag() throws {
        for group in groups {
            let options = try group.parse([])
            #expect(Mirror(reflecting: options).children.count == options.settings.count)
        }
    }

    @Test("are all shared but for those of API and worker")
    func sharedGroups() throws {
        let shared = try SharedOptions.parse([]).groups.flatMap { Array($0.settings.keys) }
        let others = try Array(APIOptions.parse([]).settings.keys) + Array(WorkerOptions.parse([]).settings.keys)
        #expect(Set(shared) == Set(Setting.allCases.filter(\.hasFlag)).subtracting(others))
    }

    @Test("come before variables")
    func precedence() async throws {
        let shared = try SharedOptions.parse(["--admin-port", "1", "--log-level", "debug"])
        let api = try APIOptions.parse(["--http-port", "2"])
        let environment = ["SHRINKR_ADMIN_PORT": "3", "SHRINKR_HTTP_PORT": "4", "SHRINKR_HTTP_HOST": "five"]
        let reader = SettingsReader(api, shared: shared, environment: environment)
        #expect(try await reader.text(.adminPort) == "1")
        #expect(try await reader.text(.logLevel) == "debug")
        #expect(try await reader.text(.httpPort) == "2")
        #expect(try await reader.text(.httpHost) == "five")
        #expect(try await reader.text(.baseURL) == nil)
    }
}
