import Logging
import ShrinkrBase

/// Renders a record for a person: time, level, logger, message, then `key=value` pairs. Never longer than
/// ``LogLimits/lineBytes``.
enum TextLogLine {
    static func render(_ record: LogRecord, coloured: Bool) -> [UInt8] {
        var line: [UInt8] = []
        line.append(contentsOf: Timestamp(milliseconds: record.unixMilliseconds).rfc3339WithMilliseconds.utf8)
        appendLevel(record.level, coloured: coloured, to: &line)
        SafeText.append(record.label, limit: LogLimits.keyBytes, to: &line)
        line.append(contentsOf: ": ".utf8)
        SafeText.append(record.message, limit: LogLimits.valueBytes, to: &line)
        for (key, value) in record.metadata {
            let start = line.count
            line.append(UInt8(ascii: " "))
            SafeText.append(key, limit: LogLimits.keyBytes, to: &line)
            line.append(UInt8(ascii: "="))
            appendValue(value, to: &line)
            guard line.count <= LogLimits.lineBytes - LogLimits.reservedBytes else {
                line.removeSubrange(start...)
                line.append(contentsOf: " \(SafeText.truncationMarker)".utf8)
                break
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func appendLevel(_ level: Logger.Level, coloured: Bool, to line: inout [UInt8]) {
        let name = level.rawValue
        let padding = String(repeating: " ", count: max(1, 9 - name.count))
        let text = coloured ? "\u{1b}[\(colour(of: level))m\(name)\u{1b}[0m" : name
        line.append(contentsOf: " \(text)\(padding)".utf8)
    }

    /// The parameter of the terminal's "select graphic rendition" sequence (ECMA-48 section 8.3.117).
    private static func colour(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "2"
        case .info: "32"
        case .notice: "36"
        case .warning: "33"
        case .error, .critical: "31"
        }
    }

    /// A plain word stands as it is; everything else is written as JSON, whose quotes show where it ends.
    private static func appendValue(_ value: Logger.MetadataValue, to line: inout [UInt8]) {
        if case .string(let text) = value, isPlainWord(text) {
            SafeText.append(text, limit: LogLimits.valueBytes, to: &line)
            return
        }
        var json = JSONText()
        json.value(value)
        line.append(contentsOf: json.bytes)
    }

    private static func isPlainWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "@"): true
                default: false
                }
            }
    }
}
