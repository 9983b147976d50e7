package import ArgumentParser

/// The commands that ask a running server.
package enum ClientCommands {
    package static let all: [any ParsableCommand.Type] = [
        CreateCommand.self, ListCommand.self, ShowCommand.self, StatsCommand.self, EditCommand.self,
        DeleteCommand.self, RestoreCommand.self, TagsCommand.self, OpenCommand.self, ExportCommand.self,
        ImportCommand.self, LoginCommand.self, LogoutCommand.self,
    ]
}
