/// What the exposition format and our limits allow (Prometheus, "Metric names and labels" and "Exposition formats").
enum MetricRules {
    /// A metric or label name, in bytes.
    static let nameBytes = 128
    /// A label value, in bytes.
    static let labelValueBytes = 256
    /// Labels of one series.
    static let labelCount = 8
    /// Bounds of one histogram.
    static let bucketCount = 64

    /// - Throws: ``ObservabilityError/invalidMetric(name:reason:)`` naming the first rule that is broken.
    static func check(
        name: String, kind: MetricFamily.Kind, labels: [String: String]
    ) throws(ObservabilityError) {
        func fail(_ reason: String) -> ObservabilityError { .invalidMetric(name: name, reason: reason) }
        guard isName(name, colons: true) else { throw fail("its name is not of the form [a-zA-Z_:][a-zA-Z0-9_:]*") }
        guard (kind == .counter) == name.hasSuffix("_total") else {
            throw fail("names of counters, and only those, end in _total")
        }
        guard labels.count <= labelCount else { throw fail("it has more than \(labelCount) labels") }
        for (label, value) in labels {
            guard isName(label, colons: false), !label.hasPrefix("__") else {
                throw fail("its label \(label) is not of the form [a-zA-Z_][a-zA-Z0-9_]*")
            }
            guard kind != .histogram || label != "le" else { throw fail("a histogram's label le is its own") }
            guard value.utf8.count <= labelValueBytes else {
                throw fail("the value of its label \(label) is longer than \(labelValueBytes) bytes")
            }
        }
    }

    /// - Throws: ``ObservabilityError/invalidMetric(name:reason:)`` unless the bounds are finite and ascending.
    static func check(bounds: [Double], name: String) throws(ObservabilityError) {
        let ascending = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
        guard !bounds.isEmpty, bounds.count <= bucketCount, ascending, bounds.allSatisfy(\.isFinite) else {
            throw .invalidMetric(name: name, reason: "its buckets are not 1 to \(bucketCount) ascending finite numbers")
        }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= nameBytes else { return false }
        return !isDigit(first)
            && text.utf8.allSatisfy { byte in
                isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || (colons && byte == UInt8(ascii: ":"))
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// What can go wrong in this module. Every description is one sentence fit for a log or a terminal.
package enum ObservabilityError: Error, Equatable, CustomStringConvertible {
    /// A metric was registered in a way the exposition format or a limit does not allow. A programming error.
    case invalidMetric(name: String, reason: String)
    /// The admin server could not bind its address.
    case cannotListen(host: String, port: Int, reason: String)
    /// The admin server closed a new connection, because it has as many as it may.
    case tooManyConnections(limit: Int)
    /// A health probe did not get a 200.
    case unhealthy(reason: String)

    /// One sentence that names the subject and the cause.
    package var description: String {
        switch self {
        case .invalidMetric(let name, let reason):
            "The metric \(name) cannot be registered: \(reason)."
        case .cannotListen(let host, let port, let reason):
            "The admin server cannot listen on \(host):\(port): \(reason)."
        case .tooManyConnections(let limit):
            "The admin server already has its limit of \(limit) connections."
        case .unhealthy(let reason):
            "The health check failed: \(reason)."
        }
    }
}
