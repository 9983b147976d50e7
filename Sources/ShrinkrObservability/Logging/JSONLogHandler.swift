package import Logging
import ShrinkrBase

/// Writes each event as one JSON object on one line, for log collectors.
///
/// A line has `ts` (RFC 3339, UTC, milliseconds), `level`, `msg`, `logger` and the metadata as members of the same
/// object; it is at most 16 KiB long and no value can end it or forge another one.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: any LogOutput
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - label: the logger's name, written as `logger`.
    ///   - level: the least severe level that is written.
    ///   - output: where lines go; share one output between all handlers of a descriptor.
    ///   - now: the wall clock, in milliseconds since 1970.
    package init(
        label: String, level: Logger.Level, output: any LogOutput,
        now: @escaping @Sendable () -> Int64 = { WallClock.system.now().milliseconds }
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
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
        output.write(JSONLogLine.render(record))
    }
}
