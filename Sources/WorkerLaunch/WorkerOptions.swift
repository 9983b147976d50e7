package import ArgumentParser
package import ShrinkrLaunch

/// Flags of the programs that count clicks.
package struct WorkerOptions: SettingOptions {
    @Option(help: "Where reports go: file:<folder> or s3://<bucket>/<prefix> [file:<data-dir>/reports]")
    package var reportsURL: String?

    @Option(help: "How long clicks are gathered before they are counted [30s; 2s without SQS]")
    package var flushInterval: String?

    @Option(help: "How many clicks are gathered at most [50000]")
    package var flushMaxClicks: String?

    @Option(help: "How often reports are written [60s; 5s without SQS]")
    package var reportInterval: String?

    @Option(help: "How many long polls of the queue run at once [2]")
    package var receivers: String?

    @Option(help: "For how long the queue hides a received message [120s]")
    package var visibilityTimeout: String?

    package init() {}

    package var settings: [Setting: String?] {
        [
            .reportsURL: reportsURL, .flushInterval: flushInterval, .flushMaxClicks: flushMaxClicks,
            .reportInterval: reportInterval, .receivers: receivers, .visibilityTimeout: visibilityTimeout,
        ]
    }
}
