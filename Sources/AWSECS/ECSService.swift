/// A service as `DescribeServices` shows it.
package struct ECSService: Sendable, Hashable, Decodable {
    /// One of the service's current deployments.
    package struct Deployment: Sendable, Hashable, Decodable {
        package let id: String
        /// `PRIMARY`, or `ACTIVE` while the primary one replaces it.
        package let status: String
        package let taskDefinition: String
        /// Tasks in a row that could not be started or failed their health check.
        package let failedTasks: Int?
        /// `COMPLETED`, `IN_PROGRESS` or `FAILED`; missing where the deployment is not a rolling one.
        package let rolloutState: String?
        package let rolloutStateReason: String?

        /// Makes a deployment.
        package init(
            id: String,
            status: String,
            taskDefinition: String,
            failedTasks: Int? = nil,
            rolloutState: String? = nil,
            rolloutStateReason: String? = nil
        ) {
            self.id = id
            self.status = status
            self.taskDefinition = taskDefinition
            self.failedTasks = failedTasks
            self.rolloutState = rolloutState
            self.rolloutStateReason = rolloutStateReason
        }
    }

    /// Something that the scheduler reports.
    package struct Event: Sendable, Hashable, Decodable {
        package let message: String

        /// Makes an event.
        package init(message: String) {
            self.message = message
        }
    }

    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    package let status: String
    package let taskDefinition: String
    package let desiredCount: Int
    package let runningCount: Int
    package let pendingCount: Int
    package let deployments: [Deployment]?
    /// The newest first.
    package let events: [Event]?

    /// Makes a service.
    package init(
        status: String = "ACTIVE",
        taskDefinition: String,
        desiredCount: Int,
        runningCount: Int,
        pendingCount: Int = 0,
        deployments: [Deployment]? = nil,
        events: [Event]? = nil
    ) {
        self.status = status
        self.taskDefinition = taskDefinition
        self.desiredCount = desiredCount
        self.runningCount = runningCount
        self.pendingCount = pendingCount
        self.deployments = deployments
        self.events = events
    }
}
