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
        case .rolledBack where hasTemplate && differingParameters.isEmpty:
            return .ok(check, "\(stack.status); the stack has the template and the parameters that Git has")
        case .rolledBack, .failed:
            let reason = failureReason ?? stack.statusReason ?? "CloudFormation gave no reason"
            return .drift(check, "\(stack.status): \(reason)", failure: "\(stack.id) \(stack.lastChange)")
        }
    }

    /// The stack has the values that the deployment file sets.
    var stackParameters: CheckResult {
        let check = Check.stackParameters
        switch observed.stack {
        case .unseen(let unseen): return .notChecked(check, Unseen(unseen.kind, "the stack is hidden"))
        case .seen(nil): return .drift(check, "there is no stack \(desired.stack)")
        case .seen: break
        }
        if differingParameters.isEmpty {
            return .ok(check, "\(desired.parameters.count) as in the deployment file")
        }
        return difference(check, differingParameters.joined(separator: "; "))
    }

    /// The latest Git sync of the stack succeeded.
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
            case "SUCCEEDED": return .ok(check, "SUCCEEDED\(revision)")
            case "INITIATED", "IN_PROGRESS": return .rolling(check, "\(sync.status)\(revision)")
            case _ where Self.saysNothingToDo(story): return .ok(check, "nothing to do\(revision)")
            default:
                let failure = "sync \(sync.startedAt ?? 0)"
                return .drift(check, "\(sync.status)\(revision): \(story)", failure: failure)
            }
        }
    }

    /// How the stack's parameters differ from the deployment file's, a sentence each.
    private var differingParameters: [String] {
        guard let stack = observed.stack.value ?? nil else { return [] }
        return desired.parameters.sorted { $0.key < $1.key }.compactMap { name, value in
            if desired.secretParameters.contains(name), stack.parameters[name] != nil { return nil }
            guard let actual = stack.parameters[name] else { return "\(name) is not set; Git says '\(value)'" }
            return actual == value ? nil : "\(name) is '\(actual)'; Git says '\(value)'"
        }
    }

    private var hasTemplate: Bool {
        guard let template = observed.template.value else { return false }
        func lines(_ text: String) -> [Substring] {
            var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
            return lines
        }
        return lines(template) == lines(desired.template)
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
