import Yams

/// Reads the parameters of a template. Everything else is left to CloudFormation's own linter.
enum TemplateReader {
    /// Reads a template.
    ///
    /// - Throws: ``Problem`` in the template.
    static func read(path: String) throws(Problem) -> Template {
        try read(try TextFile.read(path, limit: Template.maximumBytes), path: path)
    }

    static func read(_ text: String, path: String) throws(Problem) -> Template {
        let parameters = try YAMLDocument.read(text, file: path) { root -> [TemplateParameter]? in
            guard let pairs = root.mapping else { return nil }
            guard let node = pairs["Parameters"] else { return [] }
            return node.mapping.map { $0.compactMap(parameter) }
        }
        guard let parameters else { throw Problem(file: path, line: 1, "is not a CloudFormation template") }
        return Template(path: path, text: text, parameters: parameters)
    }

    private static func parameter(key: Node, declaration: Node) -> TemplateParameter? {
        guard let name = key.scalar?.string, let fields = declaration.mapping else { return nil }
        func text(_ field: String) -> String? { fields[field]?.scalar?.string }
        var parameter = TemplateParameter(name: name, line: key.line)
        parameter.type = text("Type") ?? parameter.type
        parameter.defaultValue = fields["Default"].map { $0.scalar?.string ?? "" }
        parameter.isSecret = text("NoEcho")?.lowercased() == "true"
        parameter.allowedValues = fields["AllowedValues"]?.sequence.map { $0.compactMap(\.scalar?.string) }
        parameter.allowedPattern = text("AllowedPattern")
        parameter.minimumLength = text("MinLength").flatMap { Int($0) }
        parameter.maximumLength = text("MaxLength").flatMap { Int($0) }
        parameter.minimumValue = text("MinValue").flatMap { Double($0) }
        parameter.maximumValue = text("MaxValue").flatMap { Double($0) }
        return parameter
    }
}

/// What is read of a CloudFormation template: its parameters.
struct Template: Sendable, Hashable {
    /// The largest template that CloudFormation takes without a bucket.
    static let maximumBytes = 51_200

    let path: String
    /// The template as it is written.
    let text: String
    let parameters: [TemplateParameter]
}

/// A parameter as a template declares it.
struct TemplateParameter: Sendable, Hashable {
    let name: String
    /// The line of its name, from 1.
    let line: Int
    var type = "String"
    /// What it is where a deployment file does not set it; `nil` where it has to.
    var defaultValue: String?
    var isSecret = false
    /// Whether its value is the name of a value in Parameter Store.
    var isStored: Bool { type.hasPrefix("AWS::SSM::Parameter::Value<") }
    var allowedValues: [String]?
    var allowedPattern: String?
    var minimumLength: Int?
    var maximumLength: Int?
    var minimumValue: Double?
    var maximumValue: Double?
}
