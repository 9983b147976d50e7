package import ArgumentParser

/// A group of flags that give settings.
package protocol SettingOptions: ParsableArguments {
    /// The settings that were given.
    var settings: [Setting: String?] { get }
}

/// Where a program has its data.
package struct PlaceOptions: SettingOptions {
    @Option(help: "Folder for everything that is kept on disk [.shrinkr]")
    package var dataDir: String?

    @Option(help: "Where links and counts live [sqlite:<data-dir>/shrinkr.db]")
    package var databaseURL: String?

    @Option(help: "Whether a new database tells codes apart by case: insensitive or sensitive [insensitive]")
    package var codeCase: String?

    package init() {}

    package var settings: [Setting: String?] {
        [.dataDir: dataDir, .databaseURL: databaseURL, .codeCase: codeCase]
    }
}

/// Which queue the services meet at.
package struct QueueOptions: SettingOptions {
    @Option(help: "SQS queue for clicks, e.g. https://sqs.eu-central-1.amazonaws.com/123456789012/clicks")
    package var clickQueueURL: String?

    package init() {}

    package var settings: [Setting: String?] { [.clickQueueURL: clickQueueURL] }
}

/// Where a running program says how it is.
package struct AdminOptions: SettingOptions {
    @Option(help: "Address of /metrics, /livez and /readyz [127.0.0.1]")
    package var adminHost: String?

    @Option(help: "Port of /metrics, /livez and /readyz [8001]")
    package var adminPort: String?

    @Option(help: "Further host names that requests to that port may ask for, or * for any [none]")
    package var adminHosts: String?

    package init() {}

    package var settings: [Setting: String?] {
        [.adminHost: adminHost, .adminPort: adminPort, .adminHosts: adminHosts]
    }
}

/// What a program writes to its log.
package struct LogOptions: SettingOptions {
    @Option(help: "trace, debug, info, notice, warning, error or critical [info]")
    package var logLevel: String?

    @Option(help: "text or json [text on a terminal]")
    package var logFormat: String?

    package init() {}

    package var settings: [Setting: String?] { [.logLevel: logLevel, .logFormat: logFormat] }
}

/// How a program ends.
package struct ShutdownOptions: SettingOptions {
    @Option(help: "Longest time from a signal to the end [25s]")
    package var shutdownTimeout: String?

    package init() {}

    package var settings: [Setting: String?] { [.shutdownTimeout: shutdownTimeout] }
}

/// Several groups of flags.
package protocol SettingGroups: ParsableArguments {
    var groups: [any SettingOptions] { get }
}

/// Flags that all three programs have when they serve.
package struct SharedOptions: SettingGroups {
    @OptionGroup package var place: PlaceOptions
    @OptionGroup package var queue: QueueOptions
    @OptionGroup package var admin: AdminOptions
    @OptionGroup package var shutdown: ShutdownOptions
    @OptionGroup package var log: LogOptions

    package init() {}

    package var groups: [any SettingOptions] { [place, queue, admin, shutdown, log] }

    /// What the help of a serving command says of settings that have no flag.
    package static var variablesOnly: String {
        let names = Setting.all.filter { !$0.hasFlag }.map(\.variable).joined(separator: " and ")
        return "Secrets are given as variables alone, since everybody can read the flags of a process: \(names)."
    }
}

extension SettingsReader {
    /// Reads the environment of this process and the flags of its command line.
    package init(_ options: any SettingOptions..., shared: (any SettingGroups)? = nil, environment: [String: String]) {
        var flags: [Setting: String] = [:]
        for group in options + (shared?.groups ?? []) {
            for case (let setting, let value?) in group.settings { flags[setting] = value }
        }
        self.init(flags: flags, environment: environment)
    }
}

/// The flags of a command that looks at the database and the queue.
package struct OperatorOptions: SettingGroups {
    @OptionGroup package var place: PlaceOptions
    @OptionGroup package var queue: QueueOptions
    @OptionGroup package var log: LogOptions

    package init() {}

    package var groups: [any SettingOptions] { [place, queue, log] }
}
