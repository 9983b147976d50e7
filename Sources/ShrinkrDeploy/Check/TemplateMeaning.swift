import AWSRuntime
import Yams

/// What a template says, whatever its form: comments, order and descriptions make no difference. CloudFormation takes
/// templates that differ in nothing else for one, and keeps the text of the first.
struct TemplateMeaning: Sendable, Hashable {
    /// Every value by its path, such as `Resources.Service.Type`.
    private var values: [String: String] = [:]

    /// Reads a template; a text that is none means itself.
    init(_ text: String) {
        let read = try? YAMLDocument.read(text, file: "") { root -> [String: String]? in
            guard root.mapping != nil else { return nil }
            var values: [String: String] = [:]
            Self.enter(root, [], into: &values)
            return values
        }
        values = (read ?? nil) ?? ["": text]
    }

    /// The first twelve digits of a SHA-256 hash.
    var hash: Substring {
        let lines = values.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "\n")
        return PayloadHash(of: Array(lines.utf8)).text.prefix(12)
    }

    /// The paths of what another template says otherwise, or not at all.
    func differences(from other: TemplateMeaning) -> [String] {
        Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }.sorted()
    }

    private static func enter(_ node: Node, _ path: [String], into values: inout [String: String]) {
        let name = path.joined(separator: ".")
        switch node {
        case .mapping(let mapping):
            if mapping.isEmpty { values[name] = "{}" }
            for (key, value) in mapping {
                let inner = path + [key.scalar?.string ?? "?"]
                if !isRemark(inner) { enter(value, inner, into: &values) }
            }
        case .sequence(let sequence):
            // A function's short form is its tag.
            values[name] = "\(node.tag.rawValue)[\(sequence.count)]"
            for (index, value) in sequence.enumerated() { enter(value, path + ["\(index)"], into: &values) }
        case .scalar(let scalar):
            values[name] = "\(node.tag.rawValue) \(scalar.string)"
        case .alias:
            values[name] = "*"
        }
    }

    private static func isRemark(_ path: [String]) -> Bool {
        switch path.count {
        case 1: ["AWSTemplateFormatVersion", "Description", "Metadata"].contains(path[0])
        case 3: path[0] == "Parameters" && ["Description", "ConstraintDescription"].contains(path[2])
        default: false
        }
    }
}
