/// What AWS shows of a stack and its service at one moment.
package struct Observation: Sendable {
    /// `nil` when there is no such stack.
    var stack: Observed<CloudFormationStack?>
    /// What the stack's latest operation reported, where it failed.
    var events: Observed<[CloudFormationEvent]> = .unobserved
    /// The stack's template as it was given.
    var template: Observed<String> = .unobserved
    /// What Parameter Store has now, by name.
    var storedValues: Observed<[String: String]> = .unobserved
    var gitSync: Observed<GitSyncAttempt?> = .unobserved
    var resources: Observed<[CloudFormationResource]> = .unobserved
    /// `nil` when the cluster has no such service.
    var service: Observed<ECSService?> = .unobserved
    /// The revision that the service runs.
    var taskDefinition: Observed<ECSTaskDefinition> = .unobserved
    /// `nil` when ECS lists none.
    var newestDeployment: Observed<ECSServiceDeployment?> = .unobserved
    var tasks: Observed<[ECSTask]> = .unobserved
    /// What the registry says of the image; `nil` when it does not have it.
    var image: Observed<ECRImage?> = .unobserved
    /// The digests of the image's platforms, where tasks run another digest than the image's own.
    var platformDigests: Observed<[String]> = .unobserved

    init(stack: Observed<CloudFormationStack?>) {
        self.stack = stack
    }
}

extension Observed {
    /// Nothing to look at.
    static var unobserved: Observed { .unseen(Unseen(.unavailable, "there is nothing to look at")) }
}
