package import ArgumentParser

/// A group of flags that give settings.
package protocol SettingOptions: ParsableArguments {
    /// The settings that were given.
    var settings: [Setting: String?] { get }
}

/// Flags that all three programs have.
package struct SharedOptions: SettingOptions {
    @Option(help: "Folder for everything that is kept on disk [.shrinkr]")
    package var dataDir: String?

    @Option(help: "Where links and counts live [sqlite:<data-dir>/shrinkr.db]")
    package var databaseURL: String?

    @Option(help: "SQS queue for clicks, e.g. https://sqs.eu-central-1.amazonaws.com/123456789012/clicks")
    package var clickQueueURL: String?

    @Option(help: "Address of /metrics, /livez and /readyz [127.0.0.1]")
    package var adminHost: String?

    @Option(help: "Port of /metrics, /livez and /readyz [8001]")
    package var adminPort: String?

    @Option(help: "Longest time from a signal to the end [25s]")
    package var shutdownTimeout: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical [info]")
    package var logLevel: String?

    @Option(help: "text or json [text on a terminal]")
    package var logFormat: String?

    package init() {}

    package var settings: [Setting: String?] {
        [
            .dataDir: dataDir, .databaseURL: databaseURL, .clickQueueURL: clickQueueURL, .adminHost: adminHost,
            .adminPort: adminPort, .shutdownTimeout: shutdownTimeout, .logLevel: logLevel, .logFormat: logFormat,
        ]
    }
}

extension SettingsReader {
    /// Reads the environment of this process and the flags of its command line.
    package init(_ options: any SettingOptions..., environment: [String: String]) {
        var flags: [Setting: String] = [:]
        for group in options {
            for case (let setting, let value?) in group.settings { flags[setting] = value }
        }
        self.init(flags: flags, environment: environment)
    }
}
