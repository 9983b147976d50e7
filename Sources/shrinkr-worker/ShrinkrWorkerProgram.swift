import AWSRuntime
import ArgumentParser
import Logging
import ShrinkrLaunch
import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStore
import ShrinkrWorker
import WorkerLaunch

@main
enum ShrinkrWorkerProgram {
    static func main() async {
        await Exit.running(ShrinkrWorkerCommand.self)
    }
}

/// `shrinkr-worker`: counts the clicks that SQS holds, and writes reports.
struct ShrinkrWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrinkr-worker",
        abstract: "Count clicks from SQS exactly once, and write reports to S3 or a folder.",
        discussion: """
            Every flag can be given as a variable: --reports-url is SHRINKR_REPORTS_URL. AWS is configured by the
            variables that every AWS program knows (AWS_REGION, AWS_ENDPOINT_URL, ...).
            """,
        version: Version.text,
        subcommands: [
            Serve.self, LedgerCommand.self, DeadLettersCommand.self, MigrateCommand.self, HealthCheckCommand.self,
        ],
        defaultSubcommand: Serve.self)

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Count clicks until a signal comes (the default).")

        @OptionGroup var worker: WorkerOptions
        @OptionGroup var shared: SharedOptions

        func run() async throws {
            let environment = ProcessEnvironment.variables
            let reader = SettingsReader(worker, shared: shared, environment: environment)
            let given = try await SharedSettings(reader)
            let logger = given.logFactory.makeLogger(label: "shrinkr-worker")
            Startup.reportUnknown(reader, logger: logger)
            let settings = try given.withAdminAddress()
            guard let queueURL = settings.clickQueueURL else { throw ConfigurationError(.clickQueueURL, "is not set") }
            let aws = try Startup.makeAWSClient(environment: environment, logger: logger)
            guard let store = try await StoreWait.openStore(settings, logger: logger) else {
                return try await aws.shutdown()
            }
            try await Startup.closing {
                try await aws.shutdown()
                try await store.close()
            } after: {
                let registry = MetricsRegistry()
                let readiness = Readiness(
                    components: [WorkerReadiness.queueComponent, WorkerReadiness.storeComponent],
                    restartReason: { store.restartReason })
                let launch = try await WorkerLaunch(
                    reader, shared: settings, store: store,
                    receiver: try await WorkerLaunch.sqsReceiver(reader, client: aws, queueURL: queueURL),
                    isEmbedded: false, aws: { aws }, registry: registry, readiness: readiness, logger: logger)
                let admin = try Startup.makeAdminServer(
                    settings, registry: registry, readiness: readiness, logger: logger)
                logger.info("consuming", metadata: ["queue.url": "\(queueURL)", "reports.url": "\(launch.reportsURL)"])
                try await ServiceRun.run(
                    [admin] + launch.services, shutdownTimeout: settings.shutdownTimeout, logger: logger)
            }
        }
    }
}
