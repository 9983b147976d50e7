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
