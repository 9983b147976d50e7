package import AWSRuntime

/// Looks up what ``Comparison`` compares. Reads only.
package struct Observer: Sendable {
    private let cloudFormation: CloudFormationClient
    private let codeConnections: CodeConnectionsClient
    private let parameterStore: ParameterStoreClient
    private let ecs: ECSClient
    private let ecr: ECRClient
    private let region: String

    /// Uses the process's AWS client.
    package init(client: AWSClient) {
        cloudFormation = CloudFormationClient(client: client)
        codeConnections = CodeConnectionsClient(client: client)
        parameterStore = ParameterStoreClient(client: client)
        ecs = ECSClient(client: client)
        ecr = ECRClient(client: client)
        region = client.region
    }

    /// Looks at everything that belongs to one deployment file.
    ///
    /// What cannot be seen is part of the answer.
    ///
    /// - Throws: `CancellationError`, and `AWSError` where no region or credentials are there.
    package func observe(_ desired: DesiredState) async throws -> Observation {
        let name = desired.stack
        var observed = Observation(stack: try await .of { try await cloudFormation.stack(named: name) })
        observed.gitSync = try await .of { try await codeConnections.latestSync(ofStack: name) }
        switch observed.stack {
        case .unseen(let unseen):
            let hidden = Unseen(unseen.kind, "the stack is hidden")
            (observed.template, observed.resources) = (.unseen(hidden), .unseen(hidden))
            (observed.service, observed.taskDefinition) = (.unseen(hidden), .unseen(hidden))
        case .seen(nil):
            break
        case .seen(.some(let stack)):
            try await observeFailure(of: stack, &observed)
            observed.template = try await .of { try await cloudFormation.template(ofStack: name) }
            let stored = Array(desired.storedNames.values)
            observed.storedValues = try await .of { try await parameterStore.values(of: stored) }
            guard let image = desired.image else { return observed }
            observed.resources = try await .of { try await cloudFormation.resources(ofStack: name) }
            try await observeService(&observed)
            try await observeImage(image, desired, &observed)
        }
        return observed
    }

    private func observeFailure(of stack: CloudFormationStack, _ observed: inout Observation) async throws {
        let state = StackState(stack.status)
        guard state == .rolledBack || state == .failed else { return }
        observed.events = try await .of { try await cloudFormation.eventsOfLatestOperation(ofStack: stack.name) }
    }

    private func observeService(_ observed: inout Observation) async throws {
        if case .unseen(let unseen) = observed.resources {
            let hidden = Unseen(unseen.kind, "the stack's resources are hidden")
            (observed.service, observed.taskDefinition) = (.unseen(hidden), .unseen(hidden))
            return
        }
        let resources = observed.resources.value ?? []
        guard let arn = resources.first(where: { $0.type == "AWS::ECS::Service" })?.physicalID, !arn.isEmpty,
            let place = ServicePlace(arn: arn)
        else { return }
        let (service, cluster) = (place.service, place.cluster)
        observed.service = try await .of { try await ecs.service(service, cluster: cluster) }
        if case .unseen(let unseen) = observed.service {
            observed.taskDefinition = .unseen(Unseen(unseen.kind, "the service is hidden"))
        }
        if let revision = (observed.service.value ?? nil)?.taskDefinition {
            observed.taskDefinition = try await .of { try await ecs.taskDefinition(revision) }
        }
        observed.newestDeployment = try await .of {
            try await ecs.newestDeployment(ofService: service, cluster: cluster)
        }
        observed.tasks = try await .of { try await ecs.tasks(ofService: service, cluster: cluster) }
    }

    private func observeImage(
        _ image: ImageReference, _ desired: DesiredState, _ observed: inout Observation
    ) async throws {
        guard let (account, home) = image.ecr else {
            observed.image = .unseen(Unseen(.unavailable, "\(image.registry) is no private registry of Amazon ECR"))
            return
        }
        guard home == region else {
            observed.image = .unseen(Unseen(.unavailable, "the image lies in \(home); this run asks in \(region)"))
            return
        }
        let version: ECRImageName.Version =
            switch image.version {
            case .tag(let tag): .tag(tag)
            case .digest(let digest): .digest(digest)
            }
        let name = ECRImageName(registryID: account, repository: image.repository, version: version)
        observed.image = try await .of { try await ecr.image(name) }
        if Comparison(desired: desired, observed: observed).needsPlatformDigests {
            observed.platformDigests = try await .of { try await ecr.platformDigests(name) }
        }
    }
}

/// Where an ECS service is, by its ARN: `arn:aws:ecs:<region>:<account>:service/<cluster>/<name>`.
struct ServicePlace: Sendable, Hashable {
    /// The cluster's name, or its ARN.
    let cluster: String
    let service: String

    /// Reads an ARN; `nil` when it names no cluster.
    init?(arn: String) {
        guard let kind = arn.firstRange(of: ":service/") else { return nil }
        let path = arn[kind.upperBound...]
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return nil }
        cluster = String(path[..<slash])
        service = String(path[path.index(after: slash)...])
        if service.isEmpty { return nil }
    }
}
