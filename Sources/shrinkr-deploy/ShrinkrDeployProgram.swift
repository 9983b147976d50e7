import ArgumentParser
import ShrinkrDeploy
import ShrinkrProcess

@main
enum ShrinkrDeployProgram {
    /// `verify` keeps 1 and 2 for its answers: what could not even be asked is "cannot tell".
    static func main() async {
        let isVerify = CommandLine.arguments.dropFirst().first == VerifyCommand.configuration.commandName
        await Exit.running(ShrinkrDeployCommand.self, misuse: isVerify ? Outcome.cannotTell.exitCode : Exit.misuse)
    }
}

/// `shrinkr-deploy`: what people and workflows do with deployment files, and whether AWS runs what they say.
struct ShrinkrDeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrinkr-deploy",
        abstract: "Check and change deployment files, and verify that what runs is what Git says.",
        discussion: """
            Deployment files are
            gitops/environments/<environment>/<service>.deployment.yml; CloudFormation Git
            sync applies them. This program never changes what runs in AWS.

              shrinkr-deploy check
              shrinkr-deploy set-image --file FILE --image-uri URI
              shrinkr-deploy diff --from devstg --to prod
              shrinkr-deploy promote --from devstg --to prod --service api
              shrinkr-deploy preview --environment devstg --since origin/main
              shrinkr-deploy verify --environment devstg --wait 15m
              shrinkr-deploy doctor --environment devstg --repository OWNER/NAME --step 1
            """,
        version: Version.text,
        subcommands: [
            CheckCommand.self, SetImageCommand.self, PromoteCommand.self, DiffCommand.self, PreviewCommand.self,
            VerifyCommand.self, DoctorCommand.self,
        ])
}
