package import ArgumentParser
import ShrinkrLaunch

/// Flags of the programs that count clicks.
package struct WorkerOptions: SettingOptions {
    @Option(help: Setting.reportsURL.help)
    package var reportsURL: String?

    @Option(help: Setting.flushInterval.help)
    package var flushInterval: String?

    @Option(help: Setting.flushMaxClicks.help)
    package var flushMaxClicks: String?

    @Option(help: Setting.reportInterval.help)
    package var reportInterval: String?

    @Option(help: Setting.receivers.help)
    package var receivers: String?

    @Option(help: Setting.visibilityTimeout.help)
    package var visibilityTimeout: String?

    package init() {}
}
