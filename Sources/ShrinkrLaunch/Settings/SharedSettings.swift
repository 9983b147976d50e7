import Logging
package import ShrinkrObservability

/// The settings that all three programs have, validated.
package struct SharedSettings: Sendable {
    /// Folder for everything that is kept on disk; absolute or relative to the working directory.
    package let dataDirectory: String
    /// Path of the SQLite file.
    package let databasePath: String
    /// Nil for the embedded queue.
    package let clickQueueURL: String?
    package let adminHost: String?
    package let adminPort: Int
    package let shutdownTimeout: Duration
    package let logFactory: LoggerFactory

    /// - Throws: ``ConfigurationError``.
    package init(_ reader: SettingsReader) async throws {
        dataDirectory = try await reader.text(.dataDir) ?? ".shrinkr"
        databasePath = try await Self.databasePath(reader, dataDirectory: dataDirectory)
        clickQueueURL = try await reader.value(.clickQueueURL, "an http(s) URL") { text in
            text.hasPrefix("https://") || text.hasPrefix("http://") ? text : nil
        }
        adminHost = try await reader.text(.adminHost)
        adminPort = try await reader.integer(.adminPort, in: 0...65_535) ?? 8_001
        shutdownTimeout =
            try await reader.duration(.shutdownTimeout, in: .seconds(1)...(.seconds(3_600))) ?? .seconds(25)
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        let level = try await reader.value(.logLevel, "one of \(levels)") { Logger.Level(rawValue: $0.lowercased()) }
        let format = try await reader.value(.logFormat, "text or json") { LogFormat(rawValue: $0.lowercased()) }
        logFactory = LoggerFactory(format: format, level: level ?? .info)
    }

    private static func databasePath(_ reader: SettingsReader, dataDirectory: String) async throws -> String {
        let path = try await reader.value(.databaseURL, "a database that this build knows (sqlite:<path>)") { text in
            guard text.hasPrefix("sqlite:") else { return nil as String? }
            let path = text.dropFirst("sqlite:".count)
            // sqlite:///absolute/path is the form that other tools write. Two slashes would begin the name of a host.
            if path.hasPrefix("///") { return String(path.dropFirst(2)) }
            return path.isEmpty || path.hasPrefix("//") ? nil : String(path)
        }
        return path ?? "\(dataDirectory)/shrinkr.db"
    }
}
