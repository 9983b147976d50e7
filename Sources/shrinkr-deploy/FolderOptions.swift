import ArgumentParser
import ShrinkrDeploy

/// Where deployment files and templates are.
struct FolderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder that holds environments", valueName: "folder"))
    var gitopsDir = "gitops"

    @Option(
        help: ArgumentHelp(
            "Where a template-file-path begins (default: the parent of the --gitops-dir)", valueName: "folder"))
    var repositoryRoot: String?

    var folder: GitopsFolder { GitopsFolder(path: gitopsDir, repositoryRoot: repositoryRoot) }
}

/// Refuses what cannot be the name of an environment or a service.
func validateNames(_ names: [String]) throws {
    for name in names where !DeploymentPlace.isName(name) {
        throw ValidationError("'\(name)' is not the name of an environment or a service: a-z, 0-9 and inner dashes.")
    }
}
