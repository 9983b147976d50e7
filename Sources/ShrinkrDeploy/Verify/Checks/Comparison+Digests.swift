extension Comparison {
    /// The registry has the image, and every running task runs the very bytes that it has under that name.
    var imageDigests: CheckResult {
        let check = Check.imageDigests
        switch (observed.image, runningDigests) {
        case (.seen(nil), _):
            return .drift(check, "the registry does not have the image, so no new task could start")
        case (.unseen(let unseen), _) where unseen.kind != .unavailable:
            return .notChecked(check, unseen)
        case (_, .unseen(let unseen)), (.unseen(let unseen), _):
            return .notChecked(check, unseen)
        case (.seen(.some(let image)), .seen(let digests)):
            return judge(digests, of: image)
        }
    }

    /// Whether tasks run another digest than the image's own, which may still be one of its platforms.
    var needsPlatformDigests: Bool {
        guard let digests = runningDigests.value, let image = observed.image.value ?? nil else { return false }
        return image.isIndex && digests != [image.digest]
    }

    private func judge(_ digests: Set<String>, of image: ECRImage) -> CheckResult {
        let check = Check.imageDigests
        if digests == [image.digest] { return .ok(check, image.digest) }
        let detail = "tasks run \(digests.sorted().joined(separator: ", ")); the registry has \(image.digest)"
        guard image.isIndex else { return differenceInService(check, detail) }
        switch observed.platformDigests {
        case .unseen(let unseen):
            return .notChecked(check, Unseen(unseen.kind, "\(detail), perhaps as a list: \(unseen.reason)"))
        case .seen(let platforms):
            if digests.isSubset(of: platforms + [image.digest]) { return .ok(check, "\(image.digest), a list") }
            return differenceInService(check, detail)
        }
    }

    /// The digests of our containers in all running tasks.
    private var runningDigests: Observed<Set<String>> {
        let tasks: [ECSTask]
        switch observed.tasks {
        case .unseen(let unseen): return .unseen(unseen)
        case .seen(let seen): tasks = seen.filter { $0.lastStatus == "RUNNING" }
        }
        guard !tasks.isEmpty else { return .unseen(Unseen(.unavailable, "no task is running")) }
        let containers = tasks.flatMap { $0.containers ?? [] }.filter(isOurs)
        let digests = containers.compactMap(\.imageDigest).filter { !$0.isEmpty }
        guard !digests.isEmpty, digests.count == containers.count else {
            return .unseen(Unseen(.unavailable, "ECS does not say what the tasks run"))
        }
        return .seen(Set(digests))
    }

    /// Ours is the container that has the image in the task definition; another may be a sidecar's.
    private func isOurs(_ container: ECSTask.Container) -> Bool {
        guard let image = desired.image?.description else { return false }
        guard let definition = observed.taskDefinition.value else { return container.image == image }
        return definition.containerDefinitions.contains { $0.name == container.name && $0.image == image }
    }
}
