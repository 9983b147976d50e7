/// A page in the Prometheus text exposition format, version 0.0.4 (Prometheus, "Exposition formats").
package struct PrometheusText {
    /// The media type to serve the page with.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The page so far, as UTF-8.
    private(set) var bytes: [UInt8] = []

    /// Appends a family: help and type once, then its series in the order of their labels.
    mutating func append(_ family: MetricFamily) {
        guard !family.series.isEmpty else { return }
        append("# HELP \(family.name) \(Self.escapedHelp(family.help))\n")
        append("# TYPE \(family.name) \(family.kind.rawValue)\n")
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let counter): appendSample(family.name, labels.text, "\(counter.value)")
            case .gauge(let gauge): appendSample(family.name, labels.text, Self.number(gauge.value))
            case .histogram(let histogram): append(histogram, name: family.name, labels: labels.text)
            }
        }
    }

    private mutating func append(_ histogram: Histogram, name: String, labels: String) {
        let snapshot = histogram.snapshot
        let prefix = labels.isEmpty ? "" : "\(labels),"
        for (bound, count) in zip(histogram.bounds + [.infinity], snapshot.cumulative) {
            appendSample("\(name)_bucket", "\(prefix)le=\"\(Self.number(bound))\"", "\(count)")
        }
        appendSample("\(name)_sum", labels, Self.number(snapshot.sum))
        appendSample("\(name)_count", labels, "\(snapshot.cumulative.last ?? 0)")
    }

    private mutating func appendSample(_ name: String, _ labels: String, _ value: String) {
        append(labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Help text escapes backslash and line feed, and no quotes.
    private static func escapedHelp(_ help: String) -> String {
        var result = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": result += #"\\"#
            case "\n": result += #"\n"#
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A number as Go's `ParseFloat` reads it; whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Beyond 2^53 not every whole number has a Double of its own.
        if let whole = Int64(exactly: value), abs(whole) <= 1 << 53 { return "\(whole)" }
        return "\(value)"
    }
}
