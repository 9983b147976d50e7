import Glibc
package import Logging

/// Makes the program's loggers: same format, same output, same least level.
///
/// Touches no global state. A composition root either hands its loggers down or passes ``makeHandler(label:)`` to
/// `LoggingSystem.bootstrap`.
package struct LoggerFactory: Sendable {
    private let format: LogFormat
    private let level: Logger.Level
    private let output: any LogOutput

    /// - Parameters:
    ///   - format: nil chooses text when standard error is a terminal and JSON otherwise.
    ///   - level: the least severe level that is written.
    ///   - output: nil means standard error for text and standard output for JSON.
    package init(format: LogFormat? = nil, level: Logger.Level = .info, output: (any LogOutput)? = nil) {
        let standardError = FileDescriptorLogOutput(descriptor: STDERR_FILENO)
        let format = format ?? .preferred(onTerminal: (output ?? standardError).isTerminal)
        self.format = format
        self.level = level
        switch format {
        case .text: self.output = output ?? standardError
        case .json: self.output = output ?? FileDescriptorLogOutput(descriptor: STDOUT_FILENO)
        }
    }

    /// A logger named `label`, for example `shrinkr.api`.
    package func makeLogger(label: String) -> Logger {
        Logger(label: label, factory: makeHandler)
    }

    /// The handler behind ``makeLogger(label:)``.
    package func makeHandler(label: String) -> any LogHandler {
        switch format {
        case .text: TextLogHandler(label: label, level: level, output: output)
        case .json: JSONLogHandler(label: label, level: level, output: output)
        }
    }
}

/// How log lines look. The raw values are what `SHRINKR_LOG_FORMAT` accepts.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Short lines for people, on standard error.
    case text
    /// One JSON object per line for machines, on standard output.
    case json

    /// The default when nothing is configured: text for a terminal, JSON for everything else.
    package static func preferred(onTerminal: Bool) -> LogFormat {
        onTerminal ? .text : .json
    }
}
