import AWSRuntime
import ArgumentParser
import Logging
import ShrinkrDeploy
import ShrinkrProcess

/// `preview`: what merging would do to an environment.
struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show what merging a change would do to the stacks of an environment.",
        discussion: """
            Run it in a checkout of what would be merged. For each stack whose deployment
            file or template differs from --since, a change set is made, read and deleted;
            none is ever executed. Prints Markdown: what is replaced or deleted, changes of
            permissions, values that differ once Parameter Store is asked, and the commits
            between the two images. With --comment-on the same is the one comment of that
            pull request, written anew by 'gh' at every look.

            It needs cloudformation:CreateChangeSet, DescribeChangeSet, DeleteChangeSet and
            DescribeStacks of these stacks, and ssm:GetParameters of what they read.

            Exit codes: 0 shown, 1 something could not be applied, 2 the command line
            cannot be used, 3 something could not be asked.
            """)

    @Option(help: ArgumentHelp("The environment", valueName: "name"))
    var environment: String

    @Option(help: ArgumentHelp("What it is merged into, e.g. origin/main", valueName: "commit"))
    var since: String

    @Option(help: ArgumentHelp("The commit to name in the report", valueName: "commit"))
    var head: String?

    @Option(help: ArgumentHelp("The pull request to comment on", valueName: "owner/name#number"))
    var commentOn: String?

    @Option(help: ArgumentHelp("The sources, with history (default: the --repository-root)", valueName: "folder"))
    var sources: String?

    @Option(help: ArgumentHelp("Stacks are named <prefix>-<service>-<environment>", valueName: "prefix"))
    var stackPrefix = "shrinkr"

    @OptionGroup var options: FolderOptions

    func validate() throws {
        try validateNames([environment])
        if since.isEmpty || since.hasPrefix("-") { throw ValidationError("'\(since)' is not a commit.") }
        if let commentOn, PullRequestComment(on: commentOn) == nil {
            throw ValidationError("'\(commentOn)' is not an owner/name#number.")
        }
    }

    func run() async throws {
        let comment = commentOn.flatMap { PullRequestComment(on: $0) }
        let preview: Preview
        do {
            preview = try await look(changeSet: comment?.changeSet ?? "preview-by-hand")
        } catch let error as DeployError {
            throw error
        } catch {
            throw DeployError("\(error)", exitCode: 3)
        }
        print(preview.markdown(head: head), terminator: "")
        try comment?.write(preview, head: head)
        if preview.exitCode != 0 { throw ExitCode(preview.exitCode) }
    }

    private func look(changeSet: String) async throws -> Preview {
        let request = Previewer.Request(
            environment: environment, since: since, stackPrefix: stackPrefix, changeSet: changeSet, sources: sources)
        let silent = Logger(label: "shrinkr-deploy") { _ in SwiftLogNoOpLogHandler() }
        let client = try AWSClient.make(environment: AWSEnvironment(ProcessEnvironment.variables), logger: silent)
        do {
            try await client.checkCredentials()
            let preview = try await Previewer(request, in: options.folder, client: client).run {
                try await Task.sleep(for: $0)
            }
            try await client.shutdown()
            return preview
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
