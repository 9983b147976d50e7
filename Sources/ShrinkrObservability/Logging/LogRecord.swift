import Logging

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
