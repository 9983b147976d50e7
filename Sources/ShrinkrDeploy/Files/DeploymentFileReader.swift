import Yams

/// Reads a deployment file and collects everything that is wrong with its form.
///
/// Values must be quoted: a quoted string is the only form that every reader of these files takes as text.
struct DeploymentFileReader {
    private enum Key: String, CaseIterable {
        case template = "template-file-path"
        case parameters, tags
    }

    private(set) var file: DeploymentFile
    private(set) var problems: [Problem] = []

    /// Reads the file at a path.
    init(path: String) {
        file = DeploymentFile(path: path)
        do throws(Problem) {
            read(try TextFile.read(path, limit: DeploymentFile.maximumBytes))
        } catch {
            problems.append(error)
        }
    }

    /// Reads the text of a file.
    init(_ text: String, path: String) {
        file = DeploymentFile(path: path)
        read(text)
    }

    private mutating func read(_ text: String) {
        if text.unicodeScalars.first?.value == 0xFEFF { return report(1, "begins with a byte order mark") }
        do throws(Problem) {
            try YAMLDocument.read(text, file: file.path) { readRoot($0) }
        } catch {
            problems.append(error)
        }
    }

    private mutating func readRoot(_ root: Node) {
        guard let pairs = mapping(root, "the file") else { return }
        for (key, value) in pairs {
            guard let name = name(key) else { continue }
            switch Key(rawValue: name) {
            case .template:
                file.template = self.value(of: name, value, line: key.line)
            case .parameters:
                file.parametersLine = key.line
                file.parameters = values(of: name, value)
            case .tags:
                file.tags = values(of: name, value)
            case nil:
                report(key.line, Self.unknown(name))
            }
        }
        if file.template == nil, !pairs.contains(where: { $0.key.text == Key.template.rawValue }) {
            report(root.line, "has no '\(Key.template.rawValue)'")
        }
    }

    private static func unknown(_ name: String) -> String {
        let known = Key.allCases.map(\.rawValue)
        if let meant = known.first(where: { $0 == name.lowercased() }) {
            return "has the key '\(name)', which must be written '\(meant)'"
        }
        return "has the unknown key '\(name)'; there are only \(known.map { "'\($0)'" }.joined(separator: ", "))"
    }

    private mutating func values(of key: String, _ node: Node) -> [String: DeploymentFile.Value] {
        var values: [String: DeploymentFile.Value] = [:]
        for (key, node) in mapping(node, "'\(key)'") ?? Node.Mapping([]) {
            if let name = name(key), let value = value(of: name, node, line: key.line) { values[name] = value }
        }
        return values
    }

    private mutating func mapping(_ node: Node, _ what: String) -> Node.Mapping? {
        guard !hasAnchor(node) else { return nil }
        guard let mapping = node.mapping else {
            report(node.line, "\(what) must be a list of keys with values")
            return nil
        }
        return mapping
    }

    private mutating func name(_ key: Node) -> String? {
        guard !hasAnchor(key) else { return nil }
        guard let name = key.text else {
            report(key.line, "has a key that is not a string; quote it")
            return nil
        }
        return name
    }

    private mutating func value(of name: String, _ node: Node, line: Int) -> DeploymentFile.Value? {
        guard !hasAnchor(node) else { return nil }
        guard let scalar = node.scalar, let mark = scalar.mark else {
            report(line, "the value of '\(name)' must be one quoted string")
            return nil
        }
        let isQuoted = scalar.style == .doubleQuoted || scalar.style == .singleQuoted
        if !isQuoted || node.text == nil {
            report(mark.line, "the value of '\(name)' is not a quoted string; write \"\(scalar.string)\"")
        }
        let start = DeploymentFile.Position(line: mark.line, column: mark.column)
        return DeploymentFile.Value(text: scalar.string, line: line, start: start)
    }

    private mutating func hasAnchor(_ node: Node) -> Bool {
        guard node.anchor != nil else { return false }
        let problem = Problem(file: file.path, line: node.line, "has an anchor or alias, which CloudFormation refuses")
        if !problems.contains(problem) { problems.append(problem) }
        return true
    }

    private mutating func report(_ line: Int, _ reason: String) {
        problems.append(Problem(file: file.path, line: line, reason))
    }
}
