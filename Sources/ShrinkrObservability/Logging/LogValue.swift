import Logging

extension JSONText {
    /// Writes a metadata value: numbers and booleans as themselves, everything else as strings, arrays and objects.
    ///
    /// Stops descending at ``LogLimits/depth`` and stops adding elements once the text is longer than a line may be:
    /// the caller then replaces the whole value.
    mutating func value(_ value: Logger.MetadataValue, depth: Int = 0) {
        switch value {
        case .string(let text):
            string(text, limit: LogLimits.valueBytes)
        case .stringConvertible(let value):
            scalar(value)
        case .array, .dictionary:
            if depth < LogLimits.depth {
                container(value, depth: depth)
            } else {
                string(SafeText.truncationMarker)
            }
        }
    }

    private mutating func scalar(_ value: any CustomStringConvertible & Sendable) {
        switch value {
        case is Int, is Int64, is Int32, is UInt, is UInt64, is UInt32, is UInt16, is UInt8, is Bool:
            literal(value.description)
        case let value as Double where value.isFinite:
            literal(value.description)
        default:
            string(value.description, limit: LogLimits.valueBytes)
        }
    }

    private mutating func container(_ value: Logger.MetadataValue, depth: Int) {
        switch value {
        case .array(let elements):
            openArray()
            for element in elements where bytes.count < LogLimits.lineBytes {
                self.value(element, depth: depth + 1)
            }
            closeArray()
        case .dictionary(let members):
            openObject()
            for (name, member) in members.sorted(by: { $0.key < $1.key }) where bytes.count < LogLimits.lineBytes {
                key(name, limit: LogLimits.keyBytes)
                self.value(member, depth: depth + 1)
            }
            closeObject()
        case .string, .stringConvertible:
            break
        }
    }
}

/// Bounds of one log line, so that no value can flood the log.
enum LogLimits {
    /// A line with its line end, in bytes. More than `PIPE_BUF` keeps whole; the output's lock does that.
    static let lineBytes = 16 << 10
    /// The message, or one string in the metadata, in bytes before the truncation marker.
    static let valueBytes = 4 << 10
    /// A metadata key or a logger's label, in bytes.
    static let keyBytes = 128
    /// Arrays and dictionaries inside one another.
    static let depth = 8
    /// Kept free at the end of a line for what says that it was cut.
    static let reservedBytes = 64
}

/// One log event with everything that belongs to it, ready to be rendered.
struct LogRecord {
    /// Wall clock time, in milliseconds since 1970.
    var unixMilliseconds: Int64
    var label: String
    var level: Logger.Level
    var message: String
    /// Merged and sorted by key, so that a line's order does not depend on hashing.
    var metadata: [(key: String, value: Logger.MetadataValue)]

    /// Merges the metadata: the call site wins over the provider, the provider over the logger.
    init(
        event: LogEvent, label: String, metadata: Logger.Metadata, provider: Logger.MetadataProvider?,
        unixMilliseconds: Int64
    ) {
        self.unixMilliseconds = unixMilliseconds
        self.label = label
        self.level = event.level
        self.message = event.message.description
        var merged = metadata
        if let provided = provider?.get() { merged.merge(provided) { _, new in new } }
        if let given = event.metadata { merged.merge(given) { _, new in new } }
        if let error = event.error, merged["error"] == nil { merged["error"] = "\(error)" }
        self.metadata = merged.sorted { $0.key < $1.key }
    }
}
