/// A revision of a task definition.
package struct ECSTaskDefinition: Sendable, Hashable, Decodable {
    /// What runs in a task.
    package struct Container: Sendable, Hashable, Decodable {
        package let name: String
        package let image: String

        /// Makes a container's definition.
        package init(name: String, image: String) {
            self.name = name
            self.image = image
        }
    }

    package let taskDefinitionArn: String
    /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`.
    package let status: String
    package let containerDefinitions: [Container]

    /// Makes a revision.
    package init(taskDefinitionArn: String, status: String = "ACTIVE", containerDefinitions: [Container]) {
        self.taskDefinitionArn = taskDefinitionArn
        self.status = status
        self.containerDefinitions = containerDefinitions
    }
}
