extension Comparison {
    /// The stack's latest operation succeeded; a failed one is told with its reason.
    ///
    /// After a failed update that was put back, and a commit that took the change back as well, Git sync finds nothing to
    /// do and the status stays: that is in sync when the stack has the very template and parameters that Git has.
    var stackStatus: CheckResult {
        let check = Check.stackStatus
        let stack: CloudFormationStack
        switch observed.stack {
        case .unseen(let unseen): return .notChecked(check, unseen)
        case .seen(nil): return .drift(check, "there is no stack \(desired.stack)")
        case .seen(.some(let seen)): stack = seen
        }
        switch StackState(stack.status) {
        case .complete: return .ok(check, stack.status)
        case .moving: return .rolling(check, stack.status)
        case .absent: return .drift(check, stack.status)
        case .rolledBack where stackTemplate.verdict == .ok && differingParameters.isEmpty:
            return .ok(check, "\(stack.status); the stack has the template and the parameters that Git has")
        case .rolledBack, .failed:
            let reason = failureReason ?? stack.statusReason ?? "CloudFormation gave no reason"
            return .drift(check, "\(stack.status): \(reason)", failure: "\(stack.id) \(stack.lastChange)")
        }
    }

    /// The stack has the template that Git has, but for its form.
    ///
    /// Git sync may not have begun, may have failed, or somebody may have updated the stack by hand: parameters alone show
    /// none of it.
    var stackTemplate: CheckResult {
        let check = Check.stackTemplate
        if case .seen(nil) = observed.stack { return .drift(check, "there is no stack \(desired.stack)") }
        switch observed.template {
        case .unseen(let unseen): return .notChecked(check, unseen)
        case .seen(let template):
            let (actual, wanted) = (TemplateMeaning(template), TemplateMeaning(desired.template))
            let differences = actual.differences(from: wanted)
            if differences.isEmpty { return .ok(check, "SHA-256 \(wanted.hash)") }
            let hashes = "SHA-256 \(actual.hash); Git has \(wanted.hash)"
            if hasNothingToDo { return .ok(check, "\(hashes), in which CloudFormation finds no change") }
            let more = differences.count > 3 ? ", …" : ""
            return difference(check, "\(hashes): \(differences.prefix(3).joined(separator: ", "))\(more)")
        }
    }

    /// The stack has the values that the deployment file sets, and else the template's own.
    var stackParameters: CheckResult {
        let check = Check.stackParameters
        switch observed.stack {
        case .unseen(let unseen): return .notChecked(check, Unseen(unseen.kind, "the stack is hidden"))
        case .seen(nil): return .drift(check, "there is no stack \(desired.stack)")
        case .seen: break
        }
        if differingParameters.isEmpty {
            let count = desired.defaults.isEmpty ? "" : ", \(desired.defaults.count) as in the template"
            return .ok(check, "\(desired.parameters.count) as in the deployment file\(count)")
        }
        return difference(check, differingParameters.joined(separator: "; "))
    }

    /// What the stack took from Parameter Store is what is there now: a changed value reaches a stack at its next update.
    var storedParameters: CheckResult {
        let check = Check.storedParameters
        let stack: CloudFormationStack
        switch observed.stack {
        case .unseen(let unseen): return .notChecked(check, Unseen(unseen.kind, "the stack is hidden"))
        case .seen(nil): return .drift(check, "there is no stack \(desired.stack)")
        case .seen(.some(let seen)): stack = seen
        }
        switch observed.storedValues {
        case .unseen(let unseen): return .notChecked(check, unseen)
        case .seen(let values):
            let differences = desired.storedNames.sorted { $0.key < $1.key }.compactMap { parameter, name -> String? in
                guard let value = values[name] else { return "Parameter Store has no \(name)" }
                guard let taken = stack.resolvedParameters[parameter], taken != value else { return nil }
                return "\(name) was '\(taken)' at the last update, and is '\(value)' by now"
            }
            if differences.isEmpty { return .ok(check, "\(desired.storedNames.count) as in Parameter Store") }
            return difference(check, differences.joined(separator: "; "))
        }
    }

    /// The latest Git sync of the stack succeeded, and reached the last change of what the stack is made of.
    var gitSync: CheckResult {
        let check = Check.gitSync
        switch observed.gitSync {
        case .unseen(let unseen):
            return .notChecked(check, unseen)
        case .seen(nil):
            return .notChecked(check, Unseen(.unavailable, "the stack has no Git sync, or none has run yet"))
        case .seen(.some(let sync)):
            let revision = sync.targetRevision.map { " of \($0.sha.prefix(12))" } ?? ""
            let story = (sync.events ?? []).map(\.event).joined(separator: "; ")
            switch sync.status {
            case "SUCCEEDED": return reached(sync, "SUCCEEDED\(revision)")
            case "INITIATED", "IN_PROGRESS": return .rolling(check, "\(sync.status)\(revision)")
            case _ where Self.saysNothingToDo(story): return reached(sync, "nothing to do\(revision)")
            default:
                let failure = "sync \(sync.startedAt ?? 0)"
                return .drift(check, "\(sync.status)\(revision): \(story)", failure: failure)
            }
        }
    }

    /// What a finished sync says of the commit that it reached. The branch may have gone on since.
    private func reached(_ sync: GitSyncAttempt, _ story: String) -> CheckResult {
        guard let position = desired.position, let commit = sync.targetRevision?.sha else {
            return .ok(.gitSync, story)
        }
        if position.holding.contains(commit) { return .ok(.gitSync, story) }
        let wanted = position.lastChange.prefix(12)
        if position.others.contains(commit) {
            return difference(.gitSync, "\(story); it has not come to \(wanted) yet")
        }
        return .notChecked(.gitSync, Unseen(.unavailable, "\(story), which this checkout does not have"))
    }

    /// How the stack's parameters differ from what Git says, a sentence each.
    private var differingParameters: [String] {
        guard let stack = observed.stack.value ?? nil else { return [] }
        let wanted = desired.parameters.map { ($0.key, $0.value, "Git says '\($0.value)'") }
        let defaults = desired.defaults.map { ($0.key, $0.value, "Git leaves it at '\($0.value)'") }
        return (wanted + defaults).sorted { $0.0 < $1.0 }.compactMap { name, value, story in
            if desired.secretParameters.contains(name), stack.parameters[name] != nil { return nil }
            guard let actual = stack.parameters[name] else { return "\(name) is not set; \(story)" }
            // Emulators show what a name in Parameter Store stands for, and not the name.
            let isShownByValue =
                desired.storedParameters.contains(name) && observed.storedValues.value?[value] == actual
            return actual == value || isShownByValue ? nil : "\(name) is '\(actual)'; \(story)"
        }
    }

    /// Whether Git sync has tried to apply what Git has, and CloudFormation saw no change in it.
    private var hasNothingToDo: Bool {
        guard let sync = observed.gitSync.value ?? nil, let commit = sync.targetRevision?.sha,
            let position = desired.position
        else { return false }
        let story = (sync.events ?? []).map(\.event).joined(separator: "; ")
        return position.holding.contains(commit) && Self.saysNothingToDo(story)
    }

    /// The first thing that failed in the latest operation; what was cancelled because of it does not count.
    private var failureReason: String? {
        if case .unseen(let unseen) = observed.events { return "its events cannot be read, \(unseen.reason)" }
        let failures = (observed.events.value ?? []).filter { $0.status.hasSuffix("_FAILED") && $0.reason != nil }
        let cause = failures.last { $0.reason?.lowercased().hasSuffix("cancelled") == false && !$0.isOfStack }
        return (cause ?? failures.last).map { "\($0.logicalID): \($0.reason ?? "")" }
    }

    private static func saysNothingToDo(_ story: String) -> Bool {
        ["didn't contain changes", "No updates are to be performed"].contains { story.contains($0) }
    }
}
