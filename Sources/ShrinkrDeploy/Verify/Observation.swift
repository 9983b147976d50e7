package import AWSCloudFormation
package import AWSCodeConnections
package import AWSECR
package import AWSECS

/// What AWS shows of a stack and its service at one moment.
package struct Observation: Sendable {
    /// `nil` when there is no such stack.
    package var stack: Sighting<CloudFormationStack?>
    /// What the stack's latest operation reported, where it failed.
    package var events: Sighting<[CloudFormationEvent]> = .unobserved
    /// The stack's template, where the latest operation was rolled back.
    package var template: Sighting<String> = .unobserved
    package var gitSync: Sighting<GitSyncAttempt?> = .unobserved
    package var resources: Sighting<[CloudFormationResource]> = .unobserved
    /// `nil` when the cluster has no such service.
    package var service: Sighting<ECSService?> = .unobserved
    /// The revision that the service runs.
    package var taskDefinition: Sighting<ECSTaskDefinition> = .unobserved
    /// `nil` when ECS lists none.
    package var newestDeployment: Sighting<ECSServiceDeployment?> = .unobserved
    package var tasks: Sighting<[ECSTask]> = .unobserved
    /// What the registry says of the image; `nil` when it does not have it.
    package var image: Sighting<ECRImage?> = .unobserved
    /// The digests of the image's platforms, where tasks run another digest than the image's own.
    package var platformDigests: Sighting<[String]> = .unobserved

    /// Makes an observation of a stack.
    package init(stack: Sighting<CloudFormationStack?>) {
        self.stack = stack
    }
}

extension Sighting {
    /// Nothing to look at.
    static var unobserved: Sighting { .unseen(Unseen(.unavailable, "there is nothing to look at")) }
}
