import Logging
package import ShrinkrBase
package import ShrinkrCore
import ShrinkrDestinations
package import ShrinkrObservability

/// The settings that all three programs have, validated.
package struct SharedSettings: Sendable {
    /// Folder for everything that is kept on disk; absolute or relative to the working directory.
    package let dataDirectory: String
    /// Where links and counts are.
    package let database: DatabaseSettings
    /// The setting that led to the database: the data directory, unless one was named.
    package let databaseSetting: Setting
    /// Whether somebody named the place of the data, so that it is no accident of the working directory.
    package let isPlaceNamed: Bool
    /// The rule for the case of codes that a new database gets; nil where none was asked for.
    package let codeCase: CodeCase?
    /// Nil for the embedded queue.
    package let clickQueueURL: String?
    package let adminHost: String
    package private(set) var adminPort: Int
    /// The hosts that requests to the admin port may ask for.
    package let adminHosts: AllowedHosts
    package let shutdownTimeout: Duration
    package let logFactory: LoggerFactory

    /// - Throws: ``ConfigurationError``.
    package init(_ reader: SettingsReader) async throws {
        let folder = try await reader.text(.dataDir)
        dataDirectory = try await reader.value(.dataDir) { $0 }
        let given = try await DatabaseSettings(reader)
        database = given ?? .sqlite(path: "\(dataDirectory)/shrinkr.db")
        databaseSetting = given == nil ? .dataDir : .databaseURL
        isPlaceNamed = given != nil || folder != nil
        codeCase = try await reader.given(.codeCase) { CodeCase(rawValue: $0) }
        clickQueueURL = try await reader.text(.clickQueueURL)
        if let problem = clickQueueURL.flatMap(ClickQueueURL.problem) {
            throw ConfigurationError(.clickQueueURL, problem)
        }
        adminHost = try await ListenAddress.host(reader, .adminHost)
        adminHosts = try await Self.adminHosts(reader)
        adminPort = try await reader.integer(.adminPort)
        shutdownTimeout = try await reader.duration(.shutdownTimeout)
        logFactory = LoggerFactory(
            format: try await reader.given(.logFormat) { LogFormat(rawValue: $0.lowercased()) },
            level: try await reader.value(.logLevel) { Logger.Level(rawValue: $0.lowercased()) })
    }

    /// The same with an admin port that can be listened on; port 0 becomes a free one.
    ///
    /// - Throws: ``ConfigurationError``.
    package func withAdminAddress() throws -> SharedSettings {
        var settings = self
        settings.adminPort = try ListenAddress.checked(
            host: adminHost, port: adminPort, hostSetting: .adminHost, portSetting: .adminPort
        ).port
        return settings
    }

    /// The flags that lead another command to the same database, for a line to paste; empty for the defaults.
    package var placeFlags: String {
        let (flag, value): (String, String)
        switch database {
        // The URL may hold a password, and whoever pastes the line may read it.
        case .postgreSQL: return " \(Setting.databaseURL.flag) \"$\(Setting.databaseURL.variable)\""
        case .sqlite(let path) where databaseSetting == .databaseURL:
            (flag, value) = (Setting.databaseURL.flag, "sqlite:\(path)")
        case .sqlite: (flag, value) = (Setting.dataDir.flag, dataDirectory)
        }
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
}

/// The rule for the URL of the click queue.
enum ClickQueueURL {
    /// What is wrong with the text, as the rest of a sentence; nil where it names a standard SQS queue.
    static func problem(_ text: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: { text.utf8.starts(with: $0.utf8) }) else {
            return text.utf8.starts(with: "arn:".utf8)
                ? "is '\(shown(text))', the queue's ARN, not its URL" : "is '\(shown(text))', not an http(s) URL"
        }
        let parts = text.utf8.dropFirst(scheme.utf8.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 2, let host = parts.first, !host.isEmpty, let name = parts.last,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else { return "is '\(shown(text))', not the URL of a queue" }
        if name.reversed().starts(with: ".fifo".utf8.reversed()) {
            return
                "is '\(shown(text))', a FIFO queue; Shrinkr needs a standard one, since its frames have numbers of their own"
        }
        // Amazon SQS developer guide, "Amazon SQS queue and message identifiers".
        let isName =
            (1...80).contains(name.count)
            && name.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_".utf8.contains($0)
            }
        return isName ? nil : "is '\(shown(text))', which ends in no queue's name"
    }

    private static func shown(_ text: String) -> Substring { text.prefix(200) }
}
