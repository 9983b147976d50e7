import Logging
package import ShrinkrCore
package import ShrinkrObservability

/// The settings that all three programs have, validated.
package struct SharedSettings: Sendable {
    /// Folder for everything that is kept on disk; absolute or relative to the working directory.
    package let dataDirectory: String
    /// Path of the SQLite file.
    package let databasePath: String
    /// The setting that led to that path: the data directory, unless a database was named.
    package let databaseSetting: Setting
    /// Whether somebody named the place of the data, so that it is no accident of the working directory.
    package let isPlaceNamed: Bool
    /// The rule for the case of codes that a new database gets; nil where none was asked for.
    package let codeCase: CodeCase?
    /// Nil for the embedded queue.
    package let clickQueueURL: String?
    package let adminHost: String?
    package private(set) var adminPort: Int
    /// The hosts that requests to the admin port may ask for.
    package let adminHosts: AllowedHosts
    package let shutdownTimeout: Duration
    package let logFactory: LoggerFactory

    /// - Throws: ``ConfigurationError``.
    package init(_ reader: SettingsReader) async throws {
        let folder = try await reader.text(.dataDir)
        dataDirectory = folder ?? ".shrinkr"
        let database = try await Self.databasePath(reader)
        databasePath = database ?? "\(dataDirectory)/shrinkr.db"
        databaseSetting = database == nil ? .dataDir : .databaseURL
        isPlaceNamed = database != nil || folder != nil
        codeCase = try await reader.value(.codeCase, "insensitive or sensitive") { CodeCase(rawValue: $0) }
        clickQueueURL = try await reader.text(.clickQueueURL)
        if let problem = clickQueueURL.flatMap(ClickQueueURL.problem) {
            throw ConfigurationError(.clickQueueURL, problem)
        }
        adminHost = try await ListenAddress.host(reader, .adminHost)
        adminHosts = try await Self.adminHosts(reader)
        adminPort = try await reader.integer(.adminPort, in: 0...65_535) ?? 8_001
        shutdownTimeout =
            try await reader.duration(.shutdownTimeout, in: .seconds(1)...(.seconds(3_600))) ?? .seconds(25)
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        let level = try await reader.value(.logLevel, "one of \(levels)") { Logger.Level(rawValue: $0.lowercased()) }
        let format = try await reader.value(.logFormat, "text or json") { LogFormat(rawValue: $0.lowercased()) }
        logFactory = LoggerFactory(format: format, level: level ?? .info)
    }

    /// The same with an admin port that can be listened on; port 0 becomes a free one.
    ///
    /// - Throws: ``ConfigurationError``.
    package func withAdminAddress() throws -> SharedSettings {
        var settings = self
        settings.adminPort = try ListenAddress.checked(
            host: adminHost ?? "127.0.0.1", port: adminPort, hostSetting: .adminHost, portSetting: .adminPort
        ).port
        return settings
    }

    /// The flags that lead another command to the same database, for a line to paste; empty for the defaults.
    package var placeFlags: String {
        let (flag, value) =
            databaseSetting == .databaseURL
            ? (Setting.databaseURL.flag, "sqlite:\(databasePath)") : (Setting.dataDir.flag, dataDirectory)
        let isPlain = value.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "/._-:".utf8.contains(byte)
        }
        return isPlaceNamed ? " \(flag) \(isPlain ? value : "'\(value)'")" : ""
    }

    /// Those that are listed, and the public host. Whether that is one, the API says.
    private static func adminHosts(_ reader: SettingsReader) async throws -> AllowedHosts {
        var hosts = try await reader.hosts(.adminHosts, addedTo: AllowedHosts(addresses: .any))
        if let text = try await reader.text(.baseURL), let url = try? DestinationURL.parse(text) {
            _ = hosts.insert(url.host.description)
        }
        return hosts
    }

    /// The path that the URL of the database names; nil where none is given.
    private static func databasePath(_ reader: SettingsReader) async throws -> String? {
        let expected = "a database that this build knows (sqlite:<path>)"
        return try await reader.value(.databaseURL, expected, isFree: true) { value in
            let text = UntrustedText(value)
            guard text.begins(with: "sqlite:") else { return nil as String? }
            let path = text.dropFirst(7)
            // sqlite:///absolute/path is the form that other tools write. Two slashes would begin the name of a host.
            if path.begins(with: "///") { return path.dropFirst(2).string }
            return path.isEmpty || path.begins(with: "//") ? nil : path.string
        }
    }
}
