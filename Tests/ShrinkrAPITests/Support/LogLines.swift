import Logging
import Synchronization

/// Keeps what is logged: level, message and one value of the metadata.
final class LogLines: Sendable {
    private let key: String
    private let lines = Mutex<[String]>([])

    /// - Parameter key: The metadata to show; left out where a line has none of it.
    init(showing key: String) {
        self.key = key
    }

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let value = event.metadata?[lines.key].map { " \($0)" } ?? ""
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(value)") }
        }
    }
}
