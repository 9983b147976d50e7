import FoundationEssentials

/// Checks all deployment files of a folder, and that nothing there looks like one without being it.
package struct EnvironmentsCheck: Sendable {
    /// What must be mended.
    package private(set) var problems: [Problem] = []
    /// The deployment files found.
    package private(set) var files: [String] = []

    /// Looks through `environments`.
    ///
    /// - Throws: ``DeployError`` when there is no such folder, or no deployment file in it.
    package init(_ folder: GitopsFolder) throws(DeployError) {
        let environments = GitopsFolder.join(folder.path, "environments")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: environments) else {
            throw DeployError("There is no folder \(environments); name it with --gitops-dir.", exitCode: 2)
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            look(at: GitopsFolder.join(environments, name), environment: name)
        }
        if files.isEmpty && problems.isEmpty {
            throw DeployError("There is no deployment file under \(environments).", exitCode: 2)
        }
        problems += files.flatMap {
            DeploymentFileCheck(path: $0, repositoryRoot: folder.repositoryRoot).problems
        }
    }

    private mutating func look(at path: String, environment: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return lookAtStray(path, "lies beside the environments' folders")
        }
        guard DeploymentPlace.isName(environment) else {
            problems.append(Problem(file: path, line: 1, "is not named as an environment can be: a-z, 0-9 and dashes"))
            return
        }
        for name in names.sorted() where !name.hasPrefix(".") {
            let file = GitopsFolder.join(path, name)
            if DeploymentPlace(path: file) != nil {
                files.append(file)
            } else {
                lookAtStray(file, "is not named <service>\(GitopsFolder.deploymentFileSuffix), so nothing reads it")
            }
        }
    }

    /// A file of another kind, such as a README, may lie about.
    private mutating func lookAtStray(_ path: String, _ reason: String) {
        var isFolder = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder || [".yml", ".yaml", ".json"].contains(where: path.lowercased().hasSuffix) {
            problems.append(Problem(file: path, line: 1, reason))
        }
    }
}
