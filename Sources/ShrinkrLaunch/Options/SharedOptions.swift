package import ArgumentParser

/// A group of flags that give settings: every option has the name of a ``Setting``, and its help.
package protocol SettingOptions: ParsableArguments {}

extension SettingOptions {
    /// The settings that the group's flags are for, with the values that were given.
    package var settings: [Setting: String?] {
        var settings: [Setting: String?] = [:]
        for child in Mirror(reflecting: self).children {
            // The stored property of a wrapper has an underscore before its name.
            guard let setting = child.label.flatMap({ Setting(rawValue: String($0.dropFirst())) }) else { continue }
            switch child.value {
            case let option as Option<String?>: settings[setting] = .some(option.wrappedValue)
            case let flag as Flag<Bool>: settings[setting] = .some(flag.wrappedValue ? "true" : nil)
            default: break
            }
        }
        return settings
    }
}

/// Where a program has its data.
package struct PlaceOptions: SettingOptions {
    @Option(help: Setting.dataDir.help)
    package var dataDir: String?

    @Option(help: Setting.databaseURL.help)
    package var databaseURL: String?

    @Option(help: Setting.databaseConnections.help)
    package var databaseConnections: String?

    @Option(help: Setting.databaseWaitLimit.help)
    package var databaseWaitLimit: String?

    @Option(help: Setting.databasePreparedStatements.help)
    package var databasePreparedStatements: String?

    @Option(help: Setting.codeCase.help)
    package var codeCase: String?

    package init() {}
}

/// Which queue the services meet at.
package struct QueueOptions: SettingOptions {
    @Option(help: Setting.clickQueueURL.help)
    package var clickQueueURL: String?

    package init() {}
}

/// Where a running program says how it is.
package struct AdminOptions: SettingOptions {
    @Option(help: Setting.adminHost.help)
    package var adminHost: String?

    @Option(help: Setting.adminPort.help)
    package var adminPort: String?

    @Option(help: Setting.adminHosts.help)
    package var adminHosts: String?

    package init() {}
}

/// What a program writes to its log.
package struct LogOptions: SettingOptions {
    @Option(help: Setting.logLevel.help)
    package var logLevel: String?

    @Option(help: Setting.logFormat.help)
    package var logFormat: String?

    package init() {}
}

/// How a program ends.
package struct ShutdownOptions: SettingOptions {
    @Option(help: Setting.shutdownTimeout.help)
    package var shutdownTimeout: String?

    package init() {}
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
        let names = Setting.allCases.filter { !$0.hasFlag }.map(\.variable).joined(separator: " and ")
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
