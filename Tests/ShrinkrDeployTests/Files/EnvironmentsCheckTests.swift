import Testing

@testable import ShrinkrDeploy

@Suite("All deployment files") struct EnvironmentsCheckTests {
    private func problems(_ gitops: TemporaryGitops) throws -> [String] {
        try EnvironmentsCheck(gitops.folder).problems.map { String($0.description.dropFirst(gitops.root.count + 1)) }
    }

    @Test("are found and checked")
    func all() throws {
        let gitops = try TemporaryGitops()
        try gitops.write("gitops/environments/README.md", "what this is")
        try gitops.write("gitops/environments/prod/.keep", "")
        #expect(try problems(gitops).isEmpty)
        #expect(try EnvironmentsCheck(gitops.folder).files.count == 2)
        try gitops.write(TemporaryGitops.path("prod"), TemporaryGitops.file(environment: "devstg"))
        #expect(try problems(gitops).map { $0.hasPrefix(TemporaryGitops.path("prod") + ":3: says 'devstg'") } == [true])
    }

    @Test(
        "must not be mistaken for another file",
        arguments: [
            "prod/api.yml", "prod/api.deployment.yaml", "prod/api.Deployment.yml", "prod/API.deployment.yml",
            "prod/api.deployment.json", "prod/eu/api.deployment.yml", "api.deployment.yml", "Prod/api.deployment.yml",
        ])
    func strays(name: String) throws {
        let gitops = try TemporaryGitops()
        try gitops.write("gitops/environments/\(name)", TemporaryGitops.file())
        let told = try problems(gitops)
        #expect(told.count == 1)
        #expect(told.allSatisfy { $0.hasPrefix("gitops/environments/") })
    }

    @Test("must be there")
    func none() throws {
        let gitops = try TemporaryGitops()
        #expect(throws: DeployError.self) { try EnvironmentsCheck(GitopsFolder(path: gitops.root)) }
        try gitops.remove("gitops/environments/devstg")
        try gitops.remove(TemporaryGitops.path("prod"))
        #expect(throws: DeployError.self) { try EnvironmentsCheck(gitops.folder) }
    }

    @Test(
        "lie under a folder whose parent is where templates' paths begin",
        arguments: [
            ("gitops", "."), ("a/gitops", "a"), ("./gitops", "."), ("a/gitops/", "a"), ("/x/gitops", "/x"), ("/x", "/"),
            (".", ".."), ("..", "../.."), ("../gitops", ".."), ("a/..", "a/../.."),
        ])
    func root(path: String, root: String) {
        #expect(GitopsFolder(path: path).repositoryRoot == root)
    }

    @Test("may have templates that begin elsewhere")
    func otherRoot() throws {
        let gitops = try TemporaryGitops()
        try gitops.write("elsewhere/gitops/templates/api.yml", TemporaryGitops.template)
        try gitops.remove("gitops/templates")
        #expect(try !EnvironmentsCheck(gitops.folder).problems.isEmpty)
        let folder = GitopsFolder(path: gitops.folder.path, repositoryRoot: gitops.absolute("elsewhere"))
        #expect(try EnvironmentsCheck(folder).problems.isEmpty)
    }
}
