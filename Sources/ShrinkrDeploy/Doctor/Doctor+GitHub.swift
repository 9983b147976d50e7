extension Doctor {
    /// What forks begin without, and settings that workflows need.
    func findingsOnGitHub() -> [Finding] {
        var reason = ""
        let fields = "[.visibility, .has_issues, .allow_auto_merge, .owner.id, .id] | map(tostring) | .[]"
        guard let repository = lines(gh, ["api", path(""), "--jq", fields], note: { reason = $0 }),
            repository.count == 5
        else { return [.cannotTell(1, "repository", "\(request.repository): \(reason); see `gh auth status`")] }
        let isPublic = repository[0] == "public"
        return [
            numbers(repository), actions(), workflows(),
            repository[1] == "true"
                ? .ok(1, "Issues", "on")
                : .mend(1, "Issues", "off: switch them on (Settings → General → Features), drift is told there"),
            checks(), subject(),
            isPublic
                ? .ok(5, "attestation", "public")
                : .note(
                    5, "attestation", "not for a private repository, unless with Enterprise Cloud and ATTEST_IMAGES"),
        ] + variablesAndApp(allowsAutoMerge: repository[2] == "true") + [
            isPublic
                ? .ok(5, "ARM64 runner", "ubuntu-24.04-arm")
                : .note(
                    5, "ARM64 runner", "if your plan has no ubuntu-24.04-arm, set IMAGE_RUNNER and CpuArchitecture"),
            prodReviewers(),
        ]
    }

    private func path(_ rest: String) -> String {
        "repos/\(request.repository)\(rest)"
    }

    /// Tokens of new repositories carry these numbers, and roles trust no others.
    private func numbers(_ repository: [String]) -> Finding {
        let title = "repository's numbers"
        let told = [variables?["source_repository.owner_id"], variables?["source_repository.id"]].map { $0 ?? "" }
        let actual = Array(repository[3...])
        return told == actual
            ? .ok(1, title, actual.joined(separator: ", "))
            : .mend(1, title, "owner_id is \(actual[0]) and id is \(actual[1]): say so in the .tfvars")
    }

    private func actions() -> Finding {
        let title = "Actions"
        return finding(
            1, title, gh, ["api", path("/actions/permissions"), "--jq", ".enabled, .allowed_actions // \"\""]
        ) {
            if $0.first != "true" { return .mend(1, title, "off: switch them on (the tab Actions)") }
            if $0.last == "local_only" { return .mend(1, title, "those of others are refused: allow the pinned ones") }
            return .ok(1, title, "on")
        }
    }

    /// Forks begin with scheduled workflows off, and public repositories lose them after 60 days without a commit.
    private func workflows() -> Finding {
        let title = "workflows"
        let query = ".workflows[] | select(.state != \"active\") | \"\\(.path) \\(.state)\""
        return finding(1, title, gh, ["api", path("/actions/workflows?per_page=100"), "--jq", query]) { lines in
            let off = lines.filter { $0.hasPrefix(".github/workflows/") }
            if off.isEmpty { return .ok(1, title, "all active") }
            return .mend(1, title, "\(off.joined(separator: ", ")): `gh workflow enable`")
        }
    }

    private func checks() -> Finding {
        let title = "required check"
        let query = ".[] | select(.type == \"required_status_checks\") | .parameters.required_status_checks[].context"
        let branch = variables?["branch"] ?? "main"
        return finding(1, title, gh, ["api", path("/rules/branches/\(branch)"), "--jq", query]) {
            $0.contains("CI")
                ? .ok(1, title, "CI, on \(branch)")
                : .mend(1, title, "require the check CI on \(branch) (Settings → Rules): else what fails can be merged")
        }
    }

    /// A customised subject is one that the roles do not trust.
    private func subject() -> Finding {
        let title = "identity token"
        return finding(2, title, gh, ["api", path("/actions/oidc/customization/sub"), "--jq", ".use_default"]) {
            $0.first == "true"
                ? .ok(2, title, "its subject has the usual form")
                : .mend(2, title, "its subject is customised: roles trust repo:OWNER/NAME:ref:refs/heads/BRANCH")
        }
    }

    private func variablesAndApp(allowsAutoMerge: Bool) -> [Finding] {
        var reason = ""
        let query = ".variables[] | \"\\(.name)=\\(.value)\""
        let list = ["api", path("/actions/variables?per_page=30"), "--paginate", "--jq", query]
        guard let lines = lines(gh, list, note: { reason = $0 }) else {
            return [.cannotTell(5, "repository variables", reason)]
        }
        let pairs = lines.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let set = Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { $1 }
        let missing = ["AWS_REGION", "AWS_IMAGES_ROLE_ARN"].filter { set[$0] == nil }
        let verify = "AWS_VERIFY_ROLE_ARN_\(request.environment.uppercased())"
        let preview = "AWS_PREVIEW_ROLE_ARN_\(request.environment.uppercased())"
        var findings: [Finding] = [
            missing.isEmpty
                ? .ok(5, "repository variables", "AWS_REGION, AWS_IMAGES_ROLE_ARN")
                : .mend(
                    5, "repository variables", "set \(missing.joined(separator: ", ")), as the bootstrap prints them"),
            set[verify] != nil
                ? .ok(7, "verification", verify)
                : .mend(7, "verification", "set \(verify): before, nothing tells of drift"),
            set[preview] != nil
                ? .ok(7, "preview", preview)
                : .note(7, "preview", "without \(preview) no pull request says what merging it would do"),
        ]
        if set["DEVSTG_AUTO_MERGE"] == "true", !allowsAutoMerge {
            findings.append(.mend(5, "auto-merge", "DEVSTG_AUTO_MERGE is set: allow it (Settings → General)"))
        }
        findings.append(set["DEPLOY_APP_CLIENT_ID"] == nil ? withoutApp(set) : app())
        return findings
    }

    private func app() -> Finding {
        let title = "GitHub App"
        return finding(5, title, gh, ["api", path("/actions/secrets?per_page=100"), "--jq", ".secrets[].name"]) {
            $0.contains("DEPLOY_APP_PRIVATE_KEY")
                ? .ok(5, title, "DEPLOY_APP_CLIENT_ID, DEPLOY_APP_PRIVATE_KEY")
                : .mend(5, title, "the secret DEPLOY_APP_PRIVATE_KEY is missing")
        }
    }

    private func withoutApp(_ set: [String: String]) -> Finding {
        let title = "pull requests of CI"
        if let gitops = set["GITOPS_REPOSITORY"], gitops != request.repository {
            return .mend(5, title, "only a GitHub App reaches \(gitops): set DEPLOY_APP_CLIENT_ID")
        }
        let query = ".can_approve_pull_request_reviews"
        return finding(5, title, gh, ["api", path("/actions/permissions/workflow"), "--jq", query]) {
            $0.first == "true"
                ? .note(5, title, "of the run's own token: a person approves their checks, their merges start nothing")
                : .mend(
                    5, title,
                    "not allowed: set up a GitHub App, or allow them (Settings → Actions → General → Workflow permissions)"
                )
        }
    }

    private func prodReviewers() -> Finding {
        let title = "environment prod"
        return finding(7, title, gh, ["api", path("/environments"), "--jq", Self.reviewedEnvironments]) {
            $0.contains("prod")
                ? .ok(7, title, "has reviewers")
                : .note(7, title, "has no required reviewers: whoever may run workflows can propose for prod")
        }
    }

    private static let reviewedEnvironments =
        ".environments[] | select(any(.protection_rules[]; .type == \"required_reviewers\")) | .name"
}
