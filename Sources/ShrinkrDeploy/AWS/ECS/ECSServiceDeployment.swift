/// A deployment in a service's history, as `DescribeServiceDeployments` shows it.
struct ECSServiceDeployment: Sendable, Hashable, Decodable {
    /// Why and to what it was rolled back.
    struct Rollback: Sendable, Hashable, Decodable {
        let reason: String?
        let serviceRevisionArn: String?

        init(reason: String?, serviceRevisionArn: String? = nil) {
            self.reason = reason
            self.serviceRevisionArn = serviceRevisionArn
        }
    }

    /// What the circuit breaker saw.
    struct CircuitBreaker: Sendable, Hashable, Decodable {
        /// `TRIGGERED`, `MONITORING`, `MONITORING_COMPLETE` or `DISABLED`.
        let status: String?
        let failureCount: Int?
        let threshold: Int?

        init(status: String?, failureCount: Int? = nil, threshold: Int? = nil) {
            self.status = status
            self.failureCount = failureCount
            self.threshold = threshold
        }
    }

    /// What the deployment's alarms did.
    struct Alarms: Sendable, Hashable, Decodable {
        let triggeredAlarmNames: [String]?

        init(triggeredAlarmNames: [String]?) {
            self.triggeredAlarmNames = triggeredAlarmNames
        }
    }

    let serviceDeploymentArn: String
    /// Such as `SUCCESSFUL` or `ROLLBACK_SUCCESSFUL`.
    let status: String
    let statusReason: String?
    let rollback: Rollback?
    let deploymentCircuitBreaker: CircuitBreaker?
    let alarms: Alarms?

    init(
        serviceDeploymentArn: String,
        status: String,
        statusReason: String? = nil,
        rollback: Rollback? = nil,
        deploymentCircuitBreaker: CircuitBreaker? = nil,
        alarms: Alarms? = nil
    ) {
        self.serviceDeploymentArn = serviceDeploymentArn
        self.status = status
        self.statusReason = statusReason
        self.rollback = rollback
        self.deploymentCircuitBreaker = deploymentCircuitBreaker
        self.alarms = alarms
    }
}
