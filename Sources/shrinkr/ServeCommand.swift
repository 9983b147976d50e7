import APILaunch
import AWSRuntime
import ArgumentParser
import ClickQueue
import ClickQueueSQS
import Logging
import ShrinkrAPI
import ShrinkrLaunch
import ShrinkrObservability
import ShrinkrProcess
import ShrinkrStore
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
        guard let store = try await StoreWait.openStore(settings, makesLinks: true, logger: logger) else { return }
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
                degrading: API.degradingComponents + [WorkerReadiness.queueComponent, WorkerReadiness.storeComponent],
                restartReason: { store.restartReason })
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
                        "database": "\(settings.database.name)", "reports.url": "\(worker.reportsURL)",
                    ])
                Banner.show(listening, settings: settings, reportsURL: worker.reportsURL)
            }
            let admin = try Startup.makeAdminServer(
                settings, registry: registry, readiness: readiness, logger: logger)
            try await api.run([admin] + worker.services, settings, logger: logger)
        }
    }
}

/// Both ends of the click queue of one process.
struct ServeQueue {
    let sender: any ClickQueueSender
    let receiver: any ClickQueueReceiver
    let isEmbedded: Bool

    /// SQS where a queue URL is set, else a queue in memory: the journal then keeps each click until it is counted.
    init(_ reader: SettingsReader, settings: SharedSettings, aws: SharedAWSClient) async throws {
        guard let url = settings.clickQueueURL else {
            let queue = try await WorkerLaunch.embeddedQueue(reader)
            (sender, receiver, isEmbedded) = (queue, queue, true)
            return
        }
        let client = try aws.client()
        sender = SQSClickSender(client: try Startup.makeSQSClient(client, queueURL: url))
        receiver = try await WorkerLaunch.sqsReceiver(reader, client: client, queueURL: url)
        isEmbedded = false
    }
}
