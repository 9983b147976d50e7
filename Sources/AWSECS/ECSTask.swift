/// A task as `DescribeTasks` shows it.
package struct ECSTask: Sendable, Hashable, Decodable {
    /// A container of the task.
    package struct Container: Sendable, Hashable, Decodable {
        package let name: String
        package let image: String?
        /// What was pulled, such as `sha256:…`; missing until then.
        package let imageDigest: String?

        /// Makes a container.
        package init(name: String, image: String? = nil, imageDigest: String? = nil) {
            self.name = name
            self.image = image
            self.imageDigest = imageDigest
        }
    }

    package let taskArn: String
    /// Such as `RUNNING` or `PENDING`.
    package let lastStatus: String
    package let containers: [Container]?

    /// Makes a task.
    package init(taskArn: String, lastStatus: String = "RUNNING", containers: [Container]? = nil) {
        self.taskArn = taskArn
        self.lastStatus = lastStatus
        self.containers = containers
    }
}
