package import Logging
import ShrinkrBase

/// Writes each event as one short line for a person at a terminal.
///
/// Values are escaped as in JSON, so that nothing logged can move the cursor, change colours or forge a line. A line
/// is at most 16 KiB long.
package struct TextLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: any LogOutput
    private let coloured: Bool
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - label: the logger's name, written before the message.
    ///   - level: the least severe level that is written.
    ///   - output: where lines go; share one output between all handlers of a descriptor.
    ///   - coloured: whether the level is coloured; by default only on a terminal.
    ///   - now: the wall clock, in milliseconds since 1970.
    package init(
        label: String, level: Logger.Level, output: any LogOutput, coloured: Bool? = nil,
        now: @escaping @Sendable () -> Int64 = { WallClock.system.now().milliseconds }
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.coloured = coloured ?? output.isTerminal
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let record = LogRecord(
            event: event, label: label, metadata: metadata, provider: metadataProvider, unixMilliseconds: now()
        )
        output.write(TextLogLine.render(record, coloured: coloured))
    }
}
