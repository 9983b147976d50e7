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
