import ArgumentParser
import ShrinkrDeploy
import ShrinkrProcess

/// `check`: everything that can be said against deployment files before AWS sees them.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check deployment files against their templates.",
        discussion: """
            Prints every problem as file:line: reason. Refused are unknown keys, values
            that are not quoted, a template that is missing, parameters that the template
            lacks, requires or does not allow, and images whose tag can be moved: only
            sha-<40 hexadecimal digits> and digests stay what they are.

            Exit codes: 0 all is in order, 1 there are problems, 2 the command line cannot
            be used.
            """)

    @Argument(help: "Deployment files (default: all under <gitops-dir>/environments)")
    var files: [String] = []

    @OptionGroup var options: FolderOptions

    func run() async throws {
        var problems: [Problem] = []
        var count = files.count
        if files.isEmpty {
            let check = try EnvironmentsCheck(options.folder)
            (problems, count) = (check.problems, check.files.count)
        } else {
            problems = files.flatMap {
                DeploymentFileCheck(path: $0, repositoryRoot: options.repositoryRoot).problems
            }
        }
        for problem in problems { print(problem) }
        guard problems.isEmpty else {
            Exit.say("Problems: \(problems.count); deployment files: \(count).")
            throw ExitCode(Exit.failure)
        }
        print("Deployment files in order: \(count).")
    }
}
