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
    var hasDefault = false
    var isSecret = false
    var allowedValues: [String]?
    var allowedPattern: String?
    var minimumLength: Int?
    var maximumLength: Int?
    var minimumValue: Double?
    var maximumValue: Double?
}
