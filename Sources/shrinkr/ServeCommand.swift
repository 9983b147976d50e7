import APILaunch
import AWSRuntime
import ArgumentParser
import ClickQueue
import Logging
import ShrinkrAPI
import ShrinkrLaunch
import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStoreSQLite
import ShrinkrWorker
import WorkerLaunch

/// `shrinkr serve`: API and worker together. With a queue URL they meet at SQS, else at the embedded queue.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve HTTP and count clicks until a signal comes (the default).",
        discussion: SharedOptions.variablesOnly)

    @OptionGroup var api: APIOptions
    @OptionGroup var worker: WorkerOptions
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let environment = ProcessEnvironment.variables
        let reader = SettingsReader(api, worker, shared: shared, environment: environment)
        let given = try await SharedSettings(reader)
        let logger = given.logFactory.makeLogger(label: "shrinkr")
        Startup.reportUnknown(reader, logger: logger)
        let settings = try given.withAdminAddress()
        let store = try await Startup.openStore(settings)
        let aws = SharedAWSClient(environment: environment, logger: logger)
        try await Startup.closing {
            try await aws.shutdown()
            try await store.close()
        } after: {
            let queue = try await ServeQueue(reader, settings: settings, aws: aws)
            let registry = MetricsRegistry()
            // Redirects need neither the journal nor what the worker does.
            let readiness = Readiness(
                components: [API.readinessComponent],
                degrading: [API.journalComponent, WorkerService.queueComponent, WorkerService.storeComponent])
            let worker = try await WorkerLaunch(
                reader, shared: settings, store: store, receiver: queue.receiver, isEmbedded: queue.isEmbedded,
                aws: { try aws.client() }, registry: registry, readiness: readiness, logger: logger)
            let api = try await APILaunch(
                reader, shared: settings, store: store, queue: queue.sender, isEmbedded: queue.isEmbedded,
                registry: registry, readiness: readiness, logger: logger
            ) { listening in
                let configuration = listening.configuration
                logger.info(
                    "listening",
                    metadata: [
                        "http.host": "\(configuration.host)", "http.port": "\(listening.port)",
                        "base.url": "\(configuration.origin)", "data.dir": "\(settings.dataDirectory)",
                        "database.path": "\(settings.databasePath)", "reports.url": "\(worker.reportsURL)",
                    ])
                Banner.show(listening, settings: settings, reportsURL: worker.reportsURL)
            }
            let admin = try Startup.makeAdminServer(
                settings, registry: registry, readiness: readiness, logger: logger)
            try await api.run([admin] + worker.services, settings, logger: logger)
        }
    }
}
