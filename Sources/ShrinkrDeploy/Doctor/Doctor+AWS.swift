extension Doctor {
    /// The account, and what the bootstrap and the stacks left in it.
    func findingsInAWS() -> [Finding] {
        guard let variables, let region = variables["region"] else { return [] }
        var reason = ""
        let identity = ["sts", "get-caller-identity", "--query", "Account", "--output", "text"]
        guard let account = lines(aws, identity, note: { reason = $0 })?.first else {
            return [.cannotTell(2, "AWS account", "\(reason); see `aws sts get-caller-identity`")]
        }
        guard account == variables["account_id"] else {
            let wanted = variables["account_id"] ?? "no account_id"
            return [.mend(2, "AWS account", "the credentials are of \(account); the .tfvars say \(wanted)")]
        }
        return [.ok(2, "AWS account", account), zones(region), networks(region), roles(), connection(region)]
            + findingsInStacks(region) + secrets(region) + deployedImages().map { pull($0.service, $0.image) }
    }

    /// Asks for text in a region.
    private func ask(_ region: String, _ arguments: [String], query: String) -> [String] {
        arguments + ["--region", region, "--query", query, "--output", "text"]
    }

    private func zones(_ region: String) -> Finding {
        let title = "zones"
        let filters = ["--filters", "Name=zone-type,Values=availability-zone", "Name=state,Values=available"]
        let command = ask(
            region, ["ec2", "describe-availability-zones"] + filters, query: "length(AvailabilityZones)")
        return finding(2, title, aws, command) {
            let count = $0.first.flatMap { Int($0) } ?? 0
            return count >= 2
                ? .ok(2, title, "\(count)") : .mend(2, title, "\(region) has fewer than two for this account")
        }
    }

    private func networks(_ region: String) -> Finding {
        let title = "quota of VPCs"
        let quota = ["service-quotas", "get-service-quota", "--service-code", "vpc", "--quota-code", "L-F678F1CE"]
        guard let allowed = lines(aws, ask(region, quota, query: "Quota.Value"))?.first.flatMap({ Double($0) }) else {
            return .note(2, title, "unknown; infra makes one VPC")
        }
        return finding(2, title, aws, ask(region, ["ec2", "describe-vpcs"], query: "length(Vpcs)")) {
            let count = $0.first.flatMap { Double($0) } ?? 0
            // Once infra is there, its own VPC is among them.
            return count < allowed
                ? .ok(2, title, "\(Int(count)) of \(Int(allowed)) used")
                : .note(2, title, "all \(Int(allowed)) are used: before infra is made, ask for more")
        }
    }

    private func roles() -> Finding {
        let title = "service-linked roles"
        let wanted = [
            "AWSServiceRoleForECS": "ecs.amazonaws.com",
            "AWSServiceRoleForApplicationAutoScaling_ECSService": "ecs.application-autoscaling.amazonaws.com",
            "AWSServiceRoleForElasticLoadBalancing": "elasticloadbalancing.amazonaws.com",
        ]
        let command = ["iam", "list-roles", "--path-prefix", "/aws-service-role/", "--query", "Roles[].[RoleName]"]
        return finding(2, title, aws, command + ["--output", "text"]) { names in
            let missing = wanted.filter { !names.contains($0.key) }.values.sorted()
            if missing.isEmpty { return .ok(2, title, "all there") }
            let list = missing.map { "\"\($0)\"" }.joined(separator: ", ")
            return .mend(2, title, "apply the bootstrap with service_linked_roles = [\(list)]")
        }
    }

    private func connection(_ region: String) -> Finding {
        let title = "connection to GitHub"
        let query = "Connections[?ConnectionName=='shrinkr'].[ConnectionStatus]"
        return finding(3, title, aws, ask(region, ["codeconnections", "list-connections"], query: query)) {
            switch $0.first {
            case "AVAILABLE": .ok(3, title, "AVAILABLE")
            case let status?: .mend(3, title, "\(status): approve it (Developer Tools → Settings → Connections)")
            case nil: .mend(3, title, "there is none: apply the bootstrap")
            }
        }
    }

    private func findingsInStacks(_ region: String) -> [Finding] {
        let services = (try? folder.services(environment: request.environment)) ?? []
        return services.flatMap { service in
            let (stack, step) = ("shrinkr-\(service)-\(request.environment)", service == "infra" ? 4 : 6)
            let describe = ["cloudformation", "describe-stacks", "--stack-name", stack]
            let state = finding(step, "stack \(stack)", aws, ask(region, describe, query: "Stacks[0].StackStatus")) {
                let status = $0.first ?? ""
                switch StackState(status) {
                case .complete: return .ok(step, "stack \(stack)", status)
                case .moving: return .note(step, "stack \(stack)", "\(status): wait for its end")
                case .rolledBack, .failed, .absent:
                    return .mend(step, "stack \(stack)", "\(status): `shrinkr-deploy verify` says why")
                }
            }
            let blockers = ["codeconnections", "get-sync-blocker-summary", "--sync-type", "CFN_STACK_SYNC"]
            let query = "SyncBlockerSummary.LatestBlockers[?Status=='ACTIVE'].[Id, CreatedReason]"
            let blocked = finding(
                step, "Git sync of \(stack)", aws, ask(region, blockers + ["--resource-name", stack], query: query)
            ) {
                guard let first = $0.first else { return .ok(step, "Git sync of \(stack)", "not blocked") }
                return .mend(step, "Git sync of \(stack)", "\(first): `aws codeconnections update-sync-blocker`")
            }
            return [state, blocked]
        }
    }

    /// The secrets that infra made for the services have a value.
    private func secrets(_ region: String) -> [Finding] {
        let title = "secrets"
        let query = "Parameters[?ends_with(Name, '-secret-arn')].[Name, Value]"
        let list = ask(region, ["ssm", "get-parameters-by-path", "--path", "/shrinkr", "--recursive"], query: query)
        var reason = ""
        guard let lines = lines(aws, list, note: { reason = $0 }) else { return [.cannotTell(4, title, reason)] }
        if lines.isEmpty { return [.mend(4, title, "infra has written none to Parameter Store yet")] }
        return lines.compactMap { line -> Finding? in
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count == 2 else { return nil }
            let stages = ["secretsmanager", "describe-secret", "--secret-id", words[1]]
            return finding(4, words[0], aws, ask(region, stages, query: "VersionIdsToStages.*[]")) {
                $0.contains { $0.contains("AWSCURRENT") }
                    ? .ok(4, words[0], "has a value")
                    : .mend(4, words[0], "has no value: `aws secretsmanager put-secret-value`")
            }
        }
    }

    /// What ECS does first with an image, with this account's permissions.
    private func pull(_ service: String, _ image: ImageReference) -> Finding {
        let title = "image of \(service)"
        guard let (account, region) = image.ecr, case .tag(let tag) = image.version else {
            return .note(6, title, "\(image) is not looked up")
        }
        if image.isPlaceholder {
            return .mend(6, title, "none yet: merge the pull request of CI, or of Promote for prod")
        }
        let name = ["--registry-id", account, "--repository-name", image.repository, "--image-ids", "imageTag=\(tag)"]
        let query = "[length(images), failures[0].failureCode]"
        return finding(6, title, aws, ask(region, ["ecr", "batch-get-image"] + name, query: query)) {
            ($0.first ?? "").hasPrefix("0")
                ? .mend(6, title, "the registry \(account) does not have \(tag)")
                : .ok(6, title, "can be pulled")
        }
    }
}
