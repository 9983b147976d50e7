import Logging
import ShrinkrBase

/// Renders a record as one JSON object on one line, never longer than ``LogLimits/lineBytes``.
///
/// Members: `ts`, `level`, `msg`, `logger`, then the metadata. Metadata that carries one of those names is written as
/// `metadata.NAME`, so that it cannot pass for the real one. `"truncated":true` says that metadata was left out.
enum JSONLogLine {
    // text: names of metadata are in the code.
    private static let ownNames: Set<String> = ["ts", "level", "msg", "logger", "truncated"]

    static func render(_ record: LogRecord) -> [UInt8] {
        var json = JSONText()
        json.openObject()
        appendHead(record, to: &json)
        var isTruncated = false
        for (key, value) in record.metadata {
            let fits = appendMember(ownNames.contains(key) ? "metadata.\(key)" : key, to: &json) { $0.value(value) }
            if fits { continue }
            isTruncated = true
            _ = appendMember(key, to: &json) { $0.string(SafeText.truncationMarker) }
        }
        if isTruncated {
            json.key("truncated")
            json.literal("true")
        }
        json.closeObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static func appendHead(_ record: LogRecord, to json: inout JSONText) {
        json.key("ts")
        json.plainString {
            $0.append(contentsOf: Timestamp(milliseconds: record.unixMilliseconds).rfc3339WithMilliseconds.utf8)
        }
        json.key("level")
        json.string(record.level.rawValue)
        json.key("msg")
        json.string(record.message, limit: LogLimits.valueBytes)
        json.key("logger")
        json.string(record.label, limit: LogLimits.keyBytes)
    }

    /// Adds a member if the line has room for it, else leaves the line as it was and returns false.
    private static func appendMember(_ key: String, to json: inout JSONText, value: (inout JSONText) -> Void) -> Bool {
        let start = json.bytes.count
        json.key(key, limit: LogLimits.keyBytes)
        value(&json)
        if json.bytes.count <= LogLimits.lineBytes - LogLimits.reservedBytes { return true }
        json.truncate(to: start)
        return false
    }
}
