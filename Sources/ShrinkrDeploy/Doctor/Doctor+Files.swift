extension Doctor {
    /// Step 1: own values are in the files, what is built is locked, and branches are there.
    func findingsInFiles() -> [Finding] {
        guard let variables else {
            return [.mend(1, "variables", "there is no bootstrap/environments/\(request.environment).tfvars")]
        }
        return [placeholders(variables), images(variables), lock(), branch(variables)]
    }

    private func placeholders(_ variables: BootstrapVariables) -> Finding {
        let title = "own values"
        let owner = variables["source_repository.owner"] ?? ""
        if owner == "your-organisation" || ["1", "2"].contains(variables["source_repository.id"]) {
            return .mend(1, title, "put your repository and its numbers into bootstrap/environments/*.tfvars")
        }
        let owners = (try? TextFile.read(".github/CODEOWNERS", limit: 64 << 10)) ?? ""
        if owners.contains("@your-organization/") {
            return .mend(1, title, "put your team into .github/CODEOWNERS: GitHub ignores owners that it does not know")
        }
        return .ok(1, title, "\(owner)/\(variables["source_repository.name"] ?? "")")
    }

    /// The accounts in the deployment files are those of the registry.
    private func images(_ variables: BootstrapVariables) -> Finding {
        let title = "registry of the images"
        let own = variables["account_id"] ?? ""
        let wanted = variables["registry_account_id"] ?? own
        for (service, image) in deployedImages() {
            guard let (account, region) = image.ecr else { continue }
            if account != wanted {
                let file = "environments/\(request.environment)/\(service).deployment.yml"
                return .mend(1, title, "\(file) names account \(account); the .tfvars say \(wanted)")
            }
            if region != variables["region"] {
                return .mend(1, title, "the image of \(service) lies in \(region), the .tfvars name another region")
            }
        }
        return .ok(1, title, wanted)
    }

    /// The image of each deployment file that names one.
    func deployedImages() -> [(service: String, image: ImageReference)] {
        let services = (try? folder.services(environment: request.environment)) ?? []
        return services.compactMap { service in
            let path = folder.deploymentFile(environment: request.environment, service: service)
            return DeploymentFileCheck(path: path, repositoryRoot: folder.repositoryRoot).file.image.map {
                (service, $0)
            }
        }
    }

    private func lock() -> Finding {
        let title = "locked versions"
        guard let tracked = lines(git, ["ls-files", "Package.resolved", "Dockerfiles/*.Dockerfile"]),
            tracked.contains("Dockerfiles/api.Dockerfile")
        else { return .cannotTell(1, title, "run this in a checkout of the sources") }
        let isPinned = tracked.filter { $0.hasSuffix(".Dockerfile") }.allSatisfy { path in
            let lines = ((try? TextFile.read(path, limit: 64 << 10)) ?? "").split(whereSeparator: \.isNewline)
            return lines.filter { $0.hasPrefix("FROM ") && !$0.hasPrefix("FROM scratch") }
                .allSatisfy { $0.contains("@sha256:") }
        }
        if tracked.contains("Package.resolved"), isPinned { return .ok(1, title, "Package.resolved, bases by digest") }
        return .mend(1, title, "run `make lock` and commit what it changes: nothing is deployed that is not locked")
    }

    private func branch(_ variables: BootstrapVariables) -> Finding {
        let (title, branch) = ("branch", variables["branch"] ?? "main")
        return finding(1, title, gh, ["api", "repos/\(request.repository)/branches/\(branch)", "--jq", ".name"]) { _ in
            .ok(1, title, branch)
        }
    }
}
