package import AWSRuntime
import Foundation

/// Asks CloudFormation what a change would do, before it is merged: makes a change set of each stack that it is about,
/// reads it, and deletes it. Nothing is ever executed.
package struct Previewer: Sendable {
    /// What is asked about.
    package struct Request: Sendable {
        package var environment: String
        /// What the change is merged into: a commit or a name of one.
        package var since: String
        /// What the names of stacks begin with: `<prefix>-<service>-<environment>`.
        package var stackPrefix: String
        /// The name of the change sets. One of that name that an ended run left is replaced.
        package var changeSet: String
        /// A checkout of the sources; that of the deployment files when `nil`.
        package var sources: String?
        /// The longest wait for one change set.
        package var wait: Duration

        package init(
            environment: String, since: String, stackPrefix: String = "shrinkr", changeSet: String,
            sources: String? = nil, wait: Duration = .seconds(300)
        ) {
            (self.environment, self.since, self.stackPrefix) = (environment, since, stackPrefix)
            (self.changeSet, self.sources, self.wait) = (changeSet, sources, wait)
        }
    }

    /// The time between two looks at a change set.
    private static let interval = Duration.seconds(2)

    private let request: Request
    private let folder: GitopsFolder
    private let git: CommandLineTool
    private let stacks: CloudFormationClient
    private let changeSets: ChangeSetClient

    /// Uses the process's AWS client; its owner shuts it down.
    package init(
        _ request: Request, in folder: GitopsFolder, client: AWSClient,
        git: CommandLineTool = CommandLineTool(named: "git")
    ) {
        (self.request, self.folder, self.git) = (request, folder, git)
        (stacks, changeSets) = (CloudFormationClient(client: client), ChangeSetClient(client: client))
    }

    /// Looks at every stack whose deployment file or template the checkout has otherwise than `since`.
    ///
    /// - Parameter sleep: Waits.
    /// - Throws: ``DeployError`` where Git cannot compare or there is no such environment; `CancellationError`, and
    ///   `AWSError` where no region or credentials are there.
    package func run(sleep: (Duration) async throws -> Void) async throws -> Preview {
        var previews = try removedServices().map { service in
            PreviewedStack(service: service, stack: stackName(service), outcome: .unfollowed)
        }
        for service in try folder.services(environment: request.environment) {
            let path = folder.deploymentFile(environment: request.environment, service: service)
            let check = DeploymentFileCheck(path: path, repositoryRoot: folder.repositoryRoot)
            let template = check.file.template.map { [folder.template($0.text)] } ?? []
            guard try isChanged([path] + template) else { continue }
            previews.append(try await preview(service, check, sleep))
        }
        return Preview(environment: request.environment, stacks: previews.sorted { $0.service < $1.service })
    }

    private func stackName(_ service: String) -> String {
        "\(request.stackPrefix)-\(service)-\(request.environment)"
    }

    // MARK: Git

    /// What the change does to files is what the merge has and the branch that it is merged into has not.
    private func compare(_ options: [String], _ paths: [String]) -> CommandLineTool.Result {
        let absolute = paths.map { URL(filePath: $0).standardizedFileURL.path }
        return git.run(
            ["-C", folder.repositoryRoot, "diff", "--no-renames"] + options + ["\(request.since)...HEAD", "--"]
                + absolute)
    }

    private func isChanged(_ paths: [String]) throws(DeployError) -> Bool {
        let result = compare(["--quiet"], paths)
        if result.status > 1 { throw cannotCompare(result) }
        return result.status == 1
    }

    private func removedServices() throws(DeployError) -> [String] {
        let environment = GitopsFolder.join(folder.path, "environments/\(request.environment)")
        let result = compare(["--name-only", "--diff-filter=D"], [environment])
        if result.status != 0 { throw cannotCompare(result) }
        return result.output.split(whereSeparator: \.isNewline)
            .compactMap { DeploymentPlace(path: String($0))?.service }
    }

    private func cannotCompare(_ result: CommandLineTool.Result) -> DeployError {
        let reason = result.complaint.split(whereSeparator: \.isNewline).first ?? "git ended with \(result.status)"
        return DeployError("\(request.since) and HEAD cannot be compared: \(reason)", exitCode: 3)
    }

    // MARK: CloudFormation

    private func preview(
        _ service: String, _ check: DeploymentFileCheck, _ sleep: (Duration) async throws -> Void
    ) async throws -> PreviewedStack {
        let name = stackName(service)
        func preview(_ outcome: PreviewedStack.Outcome) -> PreviewedStack {
            PreviewedStack(service: service, stack: name, outcome: outcome)
        }
        guard check.problems.isEmpty, let template = check.template else {
            return preview(.refused(check.problems.map(\.description).joined(separator: "; ")))
        }
        let stack: CloudFormationStack
        switch try await Observed.of({ try await stacks.stack(named: name) }) {
        case .unseen(let unseen): return preview(.unseen(unseen.reason))
        case .seen(nil): return preview(.unseen("there is no such stack yet: see gitops/README.md, step 4"))
        case .seen(.some(let seen)): stack = seen
        }
        let proposal = ProposedStack(
            name: name, template: template.text, parameters: check.file.parameters.mapValues(\.text),
            tags: check.file.tags.mapValues(\.text))
        var result = preview(try await outcome(of: proposal, sleep))
        result.values = stack.parameters.merging(stack.resolvedParameters) { $1 }
        if let image = check.file.image {
            let before = stack.parameters[DeploymentFile.imageParameter].flatMap { try? ImageReference(parsing: $0) }
            if before != image {
                result.commits = ImageCommits(
                    of: service, from: before, to: image, sources: request.sources ?? folder.repositoryRoot, git: git)
            }
        }
        return result
    }

    /// Makes the change set, waits for it, and deletes it whatever happens.
    private func outcome(
        of stack: ProposedStack, _ sleep: (Duration) async throws -> Void
    ) async throws -> PreviewedStack.Outcome {
        do {
            try await changeSets.delete(request.changeSet, ofStack: stack.name)
            try await changeSets.make(request.changeSet, of: stack, token: UUID().uuidString)
        } catch let error as AWSError where error.code != .configuration && error.code != .credentials {
            return Self.judge(error)
        }
        let made = try await Result.of { try await finished(stack.name, sleep) }
        // One that stays does nothing: the next run replaces it, and an update of the stack deletes it.
        _ = try await Observed.of { try await changeSets.delete(request.changeSet, ofStack: stack.name) }
        switch made {
        case .failure(let error as AWSError): return .unseen(Unseen(error).reason)
        case .failure(let error): throw error
        case .success(let set) where set.isReady: return .changes(set)
        case .success(let set) where set.isEmpty: return .nothing
        case .success(let set) where set.isBeingMade:
            return .unseen("CloudFormation had not worked it out after \(request.wait.components.seconds) seconds")
        case .success(let set): return .refused(set.statusReason.isEmpty ? set.status : set.statusReason)
        }
    }

    private func finished(_ stack: String, _ sleep: (Duration) async throws -> Void) async throws -> ChangeSet {
        var waited = Duration.zero
        while true {
            let set = try await changeSets.changeSet(request.changeSet, ofStack: stack)
            if !set.isBeingMade || waited >= request.wait { return set }
            try await sleep(Self.interval)
            waited += Self.interval
        }
    }

    /// What the template or the values are to blame for would be refused after the merge, too.
    private static func judge(_ error: AWSError) -> PreviewedStack.Outcome {
        let isForNow = error.message.contains("_IN_PROGRESS")
        let isForUs = error.message.contains("not authorized")
        if error.serviceCode == "ValidationError", !isForNow, !isForUs { return .refused(error.message) }
        return .unseen(isForNow ? "\(error.message): run this again when that is done" : Unseen(error).reason)
    }
}

extension Result where Failure == any Error {
    /// What an attempt gives, or what it throws.
    fileprivate static func of(_ attempt: () async throws -> Success) async throws -> Self {
        do {
            return .success(try await attempt())
        } catch {
            return .failure(error)
        }
    }
}
