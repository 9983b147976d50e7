/// What Git says that a stack and its service are to be.
package struct DesiredState: Sendable, Hashable {
    package let service: String
    /// The stack's name.
    package let stack: String
    /// The image that the service is to run; `nil` for a stack without a service of ours, such as infra.
    package let image: ImageReference?
    /// What the deployment file sets.
    package let parameters: [String: String]
    /// What the template sets where the deployment file does not.
    package let defaults: [String: String]
    /// Parameters whose value CloudFormation does not show.
    package let secretParameters: Set<String>
    /// Parameters whose value is the name of a value in Parameter Store.
    package let storedParameters: Set<String>
    /// The template as it is written.
    package let template: String
    /// The commit that Git sync has to reach; `nil` where it is not known.
    package let position: GitPosition?

    package init(
        service: String,
        stack: String,
        image: ImageReference?,
        parameters: [String: String],
        defaults: [String: String] = [:],
        secretParameters: Set<String> = [],
        storedParameters: Set<String> = [],
        template: String = "",
        position: GitPosition? = nil
    ) {
        self.service = service
        self.stack = stack
        self.image = image
        self.parameters = parameters
        self.defaults = defaults
        self.secretParameters = secretParameters
        self.storedParameters = storedParameters
        self.template = template
        self.position = position
    }

    /// The names in Parameter Store that the stack's parameters are to have, by parameter.
    var storedNames: [String: String] {
        parameters.merging(defaults) { $1 }.filter { storedParameters.contains($0.key) }
    }

    /// What a deployment file without problems says.
    ///
    /// - Throws: ``DeployError`` with the file's problems.
    init(
        _ check: DeploymentFileCheck, service: String, stack: String, in folder: GitopsFolder, git: CommandLineTool
    ) throws(DeployError) {
        guard check.problems.isEmpty, let template = check.template else { throw .refused(check.problems) }
        let unset = template.parameters.filter { check.file.parameters[$0.name] == nil }
        self.init(
            service: service,
            stack: stack,
            image: check.file.image,
            parameters: check.file.parameters.mapValues(\.text),
            defaults: Dictionary(unset.map { ($0.name, $0.defaultValue ?? "") }) { $1 },
            secretParameters: Set(template.parameters.filter(\.isSecret).map(\.name)),
            storedParameters: Set(template.parameters.filter(\.isStored).map(\.name)),
            template: template.text,
            position: GitPosition(of: [check.file.path, template.path], in: folder.repositoryRoot, git: git)
        )
    }
}
