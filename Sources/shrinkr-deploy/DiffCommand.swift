import ArgumentParser
import ShrinkrDeploy
import ShrinkrProcess

/// `diff`: what differs between the deployment files of two environments.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what differs between the deployment files of two environments.",
        discussion: """
            A table of templates, parameters and tags that differ. Not counted are the
            registry of an image, which may be each environment's own, and values that
            only name the environment they are in.

            Exit codes: 0 they are equal, 1 they differ, 2 they cannot be compared.
            """)

    @Option(help: ArgumentHelp("One environment", valueName: "environment"))
    var from: String

    @Option(help: ArgumentHelp("The other environment", valueName: "environment"))
    var to: String

    @Option(help: ArgumentHelp("The service (default: all)", valueName: "name"))
    var service: String?

    @OptionGroup var options: FolderOptions

    func validate() throws {
        try validateNames([from, to] + (service.map { [$0] } ?? []))
        if from == to { throw ValidationError("--from and --to are the same environment.") }
    }

    func run() async throws {
        let difference: EnvironmentDifference
        do throws(DeployError) {
            difference = try EnvironmentDifference(from: from, to: to, service: service, in: options.folder)
        } catch {
            throw DeployError(error.description, exitCode: Exit.misuse)
        }
        print(difference.table)
        if !difference.rows.isEmpty { throw ExitCode(Exit.failure) }
    }
}
