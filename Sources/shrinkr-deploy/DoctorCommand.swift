import ArgumentParser
import ShrinkrDeploy
import ShrinkrProcess

/// `doctor`: what is missing before deployments work.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Find what deployments lack, in the repository, on GitHub and in AWS.",
        discussion: """
            Run it in a checkout of the sources before and after each step of
            gitops/README.md. Every line says what was seen and what to do; what belongs
            to a later step than --step is 'later'. It only reads, with the programs git,
            gh and aws and the credentials that these have: an administrator's see most.

            Exit codes: 0 in order, 1 something has to be mended, 2 the command line
            cannot be used, 3 something could not be seen.
            """)

    @Option(help: ArgumentHelp("The environment", valueName: "name"))
    var environment: String

    @Option(help: ArgumentHelp("The repository whose workflows run", valueName: "owner/name"))
    var repository: String

    @Option(help: ArgumentHelp("The last step taken, 1 to 7", valueName: "number"))
    var step = Doctor.steps.upperBound

    @OptionGroup var options: FolderOptions

    func validate() throws {
        try validateNames([environment])
        if !Doctor.steps.contains(step) { throw ValidationError("--step is a number from 1 to 7.") }
        let names = repository.split(separator: "/", omittingEmptySubsequences: false)
        if names.count != 2 || names.contains("") { throw ValidationError("--repository is an owner/name.") }
    }

    func run() async throws {
        let request = Doctor.Request(environment: environment, repository: repository, step: step)
        let findings = Doctor(request, in: options.folder).findings()
        print(Doctor.table(findings))
        throw ExitCode(Doctor.exitCode(findings))
    }
}
