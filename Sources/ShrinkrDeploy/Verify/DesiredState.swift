/// What Git says that a stack and its service are to be.
package struct DesiredState: Sendable, Hashable {
    package let service: String
    /// The stack's name.
    package let stack: String
    /// The image that the service is to run; `nil` for a stack without a service of ours, such as infra.
    package let image: ImageReference?
    /// What the deployment file sets.
    package let parameters: [String: String]
    /// Parameters whose value CloudFormation does not show.
    package let secretParameters: Set<String>
    /// The template as it is written.
    package let template: String

    package init(
        service: String,
        stack: String,
        image: ImageReference?,
        parameters: [String: String],
        secretParameters: Set<String> = [],
        template: String = ""
    ) {
        self.service = service
        self.stack = stack
        self.image = image
        self.parameters = parameters
        self.secretParameters = secretParameters
        self.template = template
    }

    /// What a deployment file without problems says.
    ///
    /// - Throws: ``DeployError`` with the file's problems.
    init(_ check: DeploymentFileCheck, service: String, stack: String) throws(DeployError) {
        guard check.problems.isEmpty, let template = check.template else { throw .refused(check.problems) }
        self.init(
            service: service,
            stack: stack,
            image: check.file.image,
            parameters: check.file.parameters.mapValues(\.text),
            secretParameters: Set(template.parameters.filter(\.isSecret).map(\.name)),
            template: template.text
        )
    }
}
