import AWSRuntime
import ArgumentParser
import Logging
import ShrinkrDeploy
import ShrinkrProcess

/// `verify`: whether AWS runs what the deployment files say.
struct VerifyCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    private static let waits = Duration.zero...Duration.seconds(86_400)
    private static let intervals = Duration.seconds(1)...Duration.seconds(3_600)

    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify that what runs is what the deployment files say.",
        discussion: """
            One chain for each deployment file, from the commit that changed it or its
            template last: the commit that Git sync came to, the stack's template and
            parameters, with defaults and with what Parameter Store has for them, the task
            definition that the stack made, the service's deployments, and the digests of
            the running tasks.
            Each is ok, drift, rolling or not checked; what a missing permission hides is
            never ok. It only reads: cloudformation:Describe*, cloudformation:GetTemplate,
            ecs:Describe*, ecs:List*, ecr:DescribeImages, ecr:BatchGetImage,
            codeconnections:GetResourceSyncStatus, ssm:GetParameters.

            With --wait it looks again until all is in sync, a deployment fails, or the
            time is up; progress goes to standard error. AWS is configured by the
            variables that every AWS program knows (AWS_REGION, ...).

            Exit codes: 0 in sync, 1 drift, 2 still rolling, 3 cannot tell.
            """)

    @Option(help: ArgumentHelp("The environment", valueName: "name"))
    var environment: String

    @Option(help: ArgumentHelp("The service; repeat for several (default: all)", valueName: "name"))
    var service: [String] = []

    @Option(
        help: ArgumentHelp("Longest time to wait until all is in sync, e.g. 15m", valueName: "duration"),
        transform: { try duration($0, in: waits) })
    var wait = Duration.zero

    @Option(
        help: ArgumentHelp("Time between two looks while waiting (default: 10s)", valueName: "duration"),
        transform: { try duration($0, in: intervals) })
    var interval = Duration.seconds(10)

    @Option(help: "The form of the report")
    var format = Format.table

    @Option(
        help: ArgumentHelp("Drift, if the deployment file names another image; needs one --service", valueName: "uri"))
    var expectImage: String?

    @Option(help: ArgumentHelp("Stacks are named <prefix>-<service>-<environment>", valueName: "prefix"))
    var stackPrefix = "shrinkr"

    @OptionGroup var options: FolderOptions

    func validate() throws {
        try validateNames([environment] + service)
        if expectImage != nil && service.count != 1 {
            throw ValidationError("--expect-image needs exactly one --service.")
        }
    }

    func run() async throws {
        let verification: EnvironmentVerification
        do {
            verification = try await verify()
            print(format == .json ? try verification.json : verification.table)
        } catch {
            throw DeployError("\(error)", exitCode: Outcome.cannotTell.exitCode)
        }
        throw ExitCode(verification.outcome.exitCode)
    }

    private func verify() async throws -> EnvironmentVerification {
        let request = Verifier.Request(
            environment: environment, services: service, stackPrefix: stackPrefix, expectedImage: expectImage,
            wait: wait, interval: interval)
        let verifier = try Verifier(request, in: options.folder)
        let silent = Logger(label: "shrinkr-deploy") { _ in SwiftLogNoOpLogHandler() }
        let client = try AWSClient.make(environment: AWSEnvironment(ProcessEnvironment.variables), logger: silent)
        let observer = Observer(client: client)
        let start = ContinuousClock.now
        var progress = ProgressLines(limit: wait)
        do {
            try await client.checkCredentials()
            let result = try await verifier.run(
                observe: { try await observer.observe($0) },
                uptime: { start.duration(to: .now) },
                sleep: { try await Task.sleep(for: $0) },
                progress: { look, elapsed in progress.line(for: look, elapsed: elapsed).map(Exit.say) }
            )
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func duration(_ text: String, in range: ClosedRange<Duration>) throws -> Duration {
        guard let duration = Duration(shorthand: text), range.contains(duration) else {
            throw ValidationError("'\(text)' is not a duration such as 90s or 15m.")
        }
        return duration
    }
}
