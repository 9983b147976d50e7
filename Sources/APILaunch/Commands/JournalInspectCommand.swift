package import ArgumentParser
import ClickJournal
package import ShrinkrLaunch
package import ShrinkrProcess

/// `journal inspect`.
package struct JournalInspectCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what the journal holds, and whether it is damaged.",
        discussion: """
            Changes nothing and may be used while a server runs. Exits with 0 if everything can be read, and with 1 if \
            something is damaged.
            """)

    @Flag(help: "Also list every frame that waits to be sent")
    package var frames = false

    @Option(help: "text or json")
    package var format: OutputFormat = .text

    @OptionGroup package var place: PlaceOptions

    package init() {}

    package func run() async throws {
        let directory = try await JournalCommand.directory(place)
        let journal: FolderInspection
        do throws(JournalError) {
            journal = try FolderInspection.read(directory: directory)
        } catch {
            throw error.asConfigurationError
        }
        let document = FolderDocument(journal, directory: directory, withFrames: frames)
        print(format == .json ? try document.json() : document.text)
        if journal.isDamaged {
            Exit.say("Stop the server and run 'journal repair', or start it: both set damage aside and keep the rest.")
            throw ExitCode(1)
        }
    }
}
