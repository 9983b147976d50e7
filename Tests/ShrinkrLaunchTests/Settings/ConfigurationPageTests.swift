import APILaunch
import ArgumentParser
import Foundation
import Testing
import WorkerLaunch

@testable import ShrinkrLaunch

/// Keeps the page about the configuration to what the programs read, and to the defaults that their help names.
@Suite("The page about the configuration") struct ConfigurationPageTests {
    private static let page = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".github/CONFIGURATION.md")

    /// The cells of the tables' rows, by the variable in their first one, which has a row of its own.
    private static func rows() throws -> [String: [String]] {
        let lines = String(decoding: try Data(contentsOf: page), as: UTF8.self).split(separator: "\n")
        let cells = lines.filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").map { $0.filter { $0 != "`" }.trimmingPrefix(" ") }
                .map { String($0.last == " " ? $0.dropLast() : $0) }
        }
        return Dictionary(uniqueKeysWithValues: cells.map { ($0[0], $0) })
    }

    @Test("has a row for every setting, and no other")
    func settings() throws {
        #expect(Set(try Self.rows().keys) == Set(Setting.allCases.map(\.variable)))
    }

    @Test("says which program reads a setting, and its default", arguments: Setting.allCases)
    func row(setting: Setting) throws {
        let row = try #require(try Self.rows()[setting.variable])
        #expect(row[1] == setting.declaration.shownStandard)
        #expect(row[2] == setting.declaration.reader.rawValue)
    }

    @Test("says of every setting the program that has its flag", arguments: Setting.allCases.filter(\.hasFlag))
    func reader(setting: Setting) throws {
        let isAPI = try APIOptions.parse([]).settings.keys.contains(setting)
        let isWorker = try WorkerOptions.parse([]).settings.keys.contains(setting)
        #expect(setting.declaration.reader == (isAPI ? .api : isWorker ? .worker : .all))
    }
}
