import ArgumentParser
import ShrinkrDeploy

/// `promote`: gives a service of one environment the image of another environment.
struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Give an environment's service the image version of another environment.",
        discussion: """
            Copies the tag or digest of ImageUri from one deployment file to the other.
            The registry stays that of the file that is changed, as each environment may
            have an account and a registry of its own: see to it that the image is there.
            Parameters are not copied, and templates are not touched; 'diff' shows what
            else differs. Prints 'changed' or 'unchanged' and what.

            Exit codes: 0 promoted, 1 refused and nothing changed, 2 the command line
            cannot be used.
            """)

    @Option(help: ArgumentHelp("The environment whose image is taken", valueName: "environment"))
    var from: String

    @Option(help: ArgumentHelp("The environment that gets it", valueName: "environment"))
    var to: String

    @Option(help: ArgumentHelp("The service", valueName: "name"))
    var service: String

    @OptionGroup var options: FolderOptions

    func validate() throws {
        try validateNames([from, to, service])
        if from == to { throw ValidationError("--from and --to are the same environment.") }
    }

    func run() async throws {
        print(try ImageEditor.promote(service: service, from: from, to: to, in: options.folder))
    }
}
