package import ArgumentParser
import ClickJournal
import ShrinkrLaunch
import ShrinkrProcess

/// `journal`: looks at the click journal of a data directory, and mends it.
package struct JournalCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Inspect or repair the click journal of a data directory.",
        subcommands: [JournalInspectCommand.self, JournalRepairCommand.self])

    package init() {}

    /// The journal's directory by the settings.
    static func directory(_ options: PlaceOptions) async throws -> String {
        let settings = try await SharedSettings(SettingsReader(options, environment: ProcessEnvironment.variables))
        return "\(settings.dataDirectory)/journal"
    }
}

extension JournalError {
    /// The error of a command that was to open an existing journal.
    var asConfigurationError: any Error {
        if case .io(_, let path, 2) = self {
            return ConfigurationError("There is no click journal at \(path); name the server's --data-dir")
        }
        return self
    }
}
