/// The labels of one series, already in the exposition's notation and in the order of their names.
struct MetricLabels: Hashable, Comparable {
    /// `name="value",name="value"`; empty without labels.
    let text: String

    init(_ labels: [String: String]) {
        text = labels.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            .joined(separator: ",")
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool {
        left.text < right.text
    }

    /// A label value escapes backslash, quote and line feed (exposition formats, "Comments, help text, and type
    /// information").
    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += #"\\"#
            case "\"": result += #"\""#
            case "\n": result += #"\n"#
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
