/// A deployment in a service's history, as `DescribeServiceDeployments` shows it.
package struct ECSServiceDeployment: Sendable, Hashable, Decodable {
    /// Why and to what it was rolled back.
    package struct Rollback: Sendable, Hashable, Decodable {
        package let reason: String?
        package let serviceRevisionArn: String?

        /// Makes a rollback.
        package init(reason: String?, serviceRevisionArn: String? = nil) {
            self.reason = reason
            self.serviceRevisionArn = serviceRevisionArn
        }
    }

    /// What the circuit breaker saw.
    package struct CircuitBreaker: Sendable, Hashable, Decodable {
        /// `TRIGGERED`, `MONITORING`, `MONITORING_COMPLETE` or `DISABLED`.
        package let status: String?
        package let failureCount: Int?
        package let threshold: Int?

        /// Makes a circuit breaker's state.
        package init(status: String?, failureCount: Int? = nil, threshold: Int? = nil) {
            self.status = status
            self.failureCount = failureCount
            self.threshold = threshold
        }
    }

    /// What the deployment's alarms did.
    package struct Alarms: Sendable, Hashable, Decodable {
        package let triggeredAlarmNames: [String]?

        /// Makes the alarms' state.
        package init(triggeredAlarmNames: [String]?) {
            self.triggeredAlarmNames = triggeredAlarmNames
        }
    }

    package let serviceDeploymentArn: String
    /// Such as `SUCCESSFUL` or `ROLLBACK_SUCCESSFUL`.
    package let status: String
    package let statusReason: String?
    package let rollback: Rollback?
    package let deploymentCircuitBreaker: CircuitBreaker?
    package let alarms: Alarms?

    /// Makes a deployment.
    package init(
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
