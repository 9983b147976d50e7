/// All series of one metric name.
struct MetricFamily {
    /// The words of a `# TYPE` line.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// One series' live value. A counter kept elsewhere is a `.gauge` in a family of kind `.counter`.
    enum Series {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)

        /// How many sample lines it takes: a histogram has one per bucket, and `+Inf`, `_sum` and `_count`.
        var sampleCount: Int {
            switch self {
            case .counter, .gauge: 1
            case .histogram(let histogram): histogram.bounds.count + 3
            }
        }
    }

    let name: String
    let help: String
    let kind: Kind
    var series: [MetricLabels: Series] = [:]

    /// The family's own name and every other name that its samples have in the exposition.
    static func sampleNames(of name: String, kind: Kind) -> [String] {
        kind == .histogram ? [name, "\(name)_bucket", "\(name)_sum", "\(name)_count"] : [name]
    }
}
