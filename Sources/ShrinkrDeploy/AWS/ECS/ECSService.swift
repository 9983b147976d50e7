/// A service as `DescribeServices` shows it.
struct ECSService: Sendable, Hashable, Decodable {
    /// One of the service's current deployments.
    struct Deployment: Sendable, Hashable, Decodable {
        let id: String
        /// `PRIMARY`, or `ACTIVE` while the primary one replaces it.
        let status: String
        let taskDefinition: String
        /// Tasks in a row that could not be started or failed their health check.
        let failedTasks: Int?
        /// `COMPLETED`, `IN_PROGRESS` or `FAILED`; missing where the deployment is not a rolling one.
        let rolloutState: String?
        let rolloutStateReason: String?

        init(
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
    struct Event: Sendable, Hashable, Decodable {
        let message: String

        init(message: String) {
            self.message = message
        }
    }

    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    let status: String
    let taskDefinition: String
    let desiredCount: Int
    let runningCount: Int
    let pendingCount: Int
    let deployments: [Deployment]?
    /// The newest first.
    let events: [Event]?

    init(
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
