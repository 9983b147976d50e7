import APILaunch
import AWSRuntime
import AWSSQS
import ArgumentParser
import ClickQueueSQS
import Logging
import ShrinkrAPI
import ShrinkrLaunch
import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStore

@main
enum ShrinkrAPIProgram {
    static func main() async {
        await Exit.running(ShrinkrAPICommand.self)
    }
}

/// `shrinkr-api`: shortens and follows links, and sends their clicks to SQS.
struct ShrinkrAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrinkr-api",
        abstract: "Shorten and follow links over HTTP, and send every click to SQS.",
        discussion: """
            Every flag can be given as a variable: --http-port is SHRINKR_HTTP_PORT. AWS is configured by the variables
            that every AWS program knows (AWS_REGION, AWS_ENDPOINT_URL, ...).
            """,
        version: Version.text,
        subcommands: [
            Serve.self, KeysCommand.self, LedgerOfJournalCommand<QueueIsNeeded>.self, JournalCommand.self,
            MigrateCommand.self, CopyStoreCommand.self, HealthCheckCommand.self,
        ], defaultSubcommand: Serve.self)

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve HTTP until a signal comes (the default).", discussion: SharedOptions.variablesOnly)

        @OptionGroup var api: APIOptions
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let environment = ProcessEnvironment.variables
            let reader = SettingsReader(api, shared: shared, environment: environment)
            let given = try await SharedSettings(reader)
            let logger = given.logFactory.makeLogger(label: "shrinkr-api")
            Startup.reportUnknown(reader, logger: logger)
            let settings = try given.withAdminAddress()
            guard let queueURL = settings.clickQueueURL else { throw ConfigurationError(.clickQueueURL, "is not set") }
            let aws = try Startup.makeAWSClient(environment: environment, logger: logger)
            guard let store = try await StoreWait.openStore(settings, makesLinks: true, logger: logger) else {
                return try await aws.shutdown()
            }
            try await Startup.closing {
                try await aws.shutdown()
                try await store.close()
            } after: {
                let registry = MetricsRegistry()
                let readiness = Readiness(
                    components: [API.readinessComponent], degrading: API.degradingComponents,
                    restartReason: { store.restartReason })
                let launch = try await APILaunch(
                    reader, shared: settings, store: store,
                    queue: SQSClickSender(client: try Startup.makeSQSClient(aws, queueURL: queueURL)),
                    isEmbedded: false,
                    registry: registry, readiness: readiness, logger: logger
                ) { listening in
                    logger.info(
                        "listening",
                        metadata: [
                            "http.host": "\(listening.configuration.host)", "http.port": "\(listening.port)",
                        ])
                }
                let admin = try Startup.makeAdminServer(
                    settings, registry: registry, readiness: readiness, logger: logger)
                try await launch.run([admin], settings, logger: logger)
            }
        }
    }
}
