package import AWSRuntime
import AWSS3
package import ClickQueue
import ClickQueueSQS
import FoundationEssentials
package import Logging
import NIOPosix
package import ServiceLifecycle
package import ShrinkrLaunch
package import ShrinkrObservability
package import ShrinkrStore
import ShrinkrWorker

/// From settings to the running worker, as `shrinkr` and `shrinkr-worker` share it.
package struct WorkerLaunch: Sendable {
    /// In the order of their start.
    package let services: [any Service]
    /// Where reports go, as a person may read it.
    package let reportsURL: String
}

extension WorkerLaunch {
    /// - Parameters:
    ///   - isEmbedded: Whether the queue is in this process.
    ///   - aws: Makes the AWS client, if reports go to S3.
    /// - Throws: ``ConfigurationError`` where the settings cannot work.
    package init(
        _ reader: SettingsReader, shared: SharedSettings, store: any Store, receiver: any ClickQueueReceiver,
        isEmbedded: Bool, aws: () throws -> AWSClient, registry: MetricsRegistry, readiness: Readiness, logger: Logger
    ) async throws {
        var configuration = try await WorkerConfiguration(reader, isEmbedded: isEmbedded)
        // Time is left for giving messages back and closing files.
        configuration.drainDeadline = shared.shutdownTimeout - min(.seconds(5), shared.shutdownTimeout / 2)
        let given = try await reader.text(.reportsURL)
        let url = given ?? "file:\(shared.dataDirectory)/reports"
        let sink = try Self.sink(url, setting: given == nil ? .dataDir : .reportsURL, aws: aws)
        let worker = try makeWorker(
            configuration: configuration, receiver: receiver, stats: store, reports: (store, sink), metrics: registry,
            readiness: readiness, logger: logger)
        services = [
            VisitorSweeper(stats: store, logger: logger), worker,
            WorkerAnnouncer(store: store, id: UUID().uuidString.lowercased(), logger: logger),
        ]
        reportsURL = url
    }

    /// - Parameter setting: The setting that led to the URL.
    private static func sink(
        _ url: String, setting: Setting, aws: () throws -> AWSClient
    ) throws -> any ReportSink {
        if url.hasPrefix("s3://") {
            do {
                return S3ReportSink(client: S3Client(client: try aws()), root: try S3Location(parsing: url))
            } catch let error as AWSError {
                throw ConfigurationError(.reportsURL, "is '\(url.prefix(200))', which cannot be used: \(error)")
            }
        }
        let path = url.dropFirst("file:".count)
        // In file:///absolute/path two slashes begin the name of a host, which is empty.
        let isAbsolute = path.hasPrefix("///")
        guard url.hasPrefix("file:"), !path.isEmpty, isAbsolute || !path.hasPrefix("//") else {
            throw ConfigurationError(
                .reportsURL, "is '\(url.prefix(200))', not file:<folder> or s3://<bucket>/<prefix>")
        }
        let root = String(isAbsolute ? path.dropFirst(2) : path)
        try WritableFolder.make(root, mode: 0o755, for: setting)
        return DirectoryReportSink(root: root, threads: NIOThreadPool.singleton)
    }
}

extension WorkerConfiguration {
    /// Reads the worker's settings.
    init(_ reader: SettingsReader, isEmbedded: Bool) async throws {
        self.init()
        flush.interval = try await reader.duration(.flushInterval, isEmbedded: isEmbedded)
        flush.maximumClicks = try await reader.integer(.flushMaxClicks)
        flush.visibilityTimeout = try await reader.duration(.visibilityTimeout, isEmbedded: isEmbedded)
        reports.write(every: try await reader.duration(.reportInterval, isEmbedded: isEmbedded))
        receivers = try await reader.integer(.receivers)
    }
}

extension WorkerLaunch {
    /// The queue for both services in one process.
    package static func embeddedQueue(_ reader: SettingsReader) async throws -> EmbeddedClickQueue {
        let configuration = try await WorkerConfiguration(reader, isEmbedded: true)
        return EmbeddedClickQueue(visibilityTimeout: configuration.flush.visibilityTimeout)
    }

    /// The receiving end of an SQS queue.
    package static func sqsReceiver(
        _ reader: SettingsReader, client: AWSClient, queueURL: String
    ) async throws -> any ClickQueueReceiver {
        let configuration = try await WorkerConfiguration(reader, isEmbedded: false)
        return SQSClickReceiver(
            client: try Startup.makeSQSClient(client, queueURL: queueURL),
            visibilityTimeout: configuration.flush.visibilityTimeout)
    }
}
