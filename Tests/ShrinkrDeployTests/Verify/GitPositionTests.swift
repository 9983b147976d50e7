import Foundation
import Testing

@testable import ShrinkrDeploy

@Suite("The commit that Git sync has to reach") struct GitPositionTests {
    private static let git = CommandLineTool(named: "git")
    private static let file = TemporaryGitops.path()
    private static let template = "gitops/templates/api.yml"

    /// Commits everything, and hands out the commit.
    private func commit(_ gitops: TemporaryGitops, _ path: String? = nil) throws -> String {
        if let path { try gitops.write(path, gitops.read(path) + "# \(UUID())\n") }
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
        for arguments in [["add", "--all"], ["commit", "--quiet", "--allow-empty", "-m", "Change"]] {
            let done = Self.git.run(["-C", gitops.root] + identity + arguments)
            try #require(done.status == 0, "\(done.complaint)")
        }
        return Self.git.run(["-C", gitops.root, "rev-parse", "HEAD"]).output.trimmingCharacters(in: .newlines)
    }

    private func position(_ gitops: TemporaryGitops) -> GitPosition? {
        let files = [Self.file, Self.template].map(gitops.absolute)
        return GitPosition(of: files, in: gitops.folder.repositoryRoot, git: Self.git)
    }

    @Test("is the last that changed the deployment file or its template")
    func lastChange() throws {
        let gitops = try TemporaryGitops()
        try #require(Self.git.run(["-C", gitops.root, "init", "--quiet"]).status == 0)
        #expect(position(gitops) == nil, "nothing is committed")
        let first = try commit(gitops)
        #expect(position(gitops) == GitPosition(lastChange: first, holding: [first], others: []))
        let second = try commit(gitops, Self.template)
        let third = try commit(gitops, TemporaryGitops.path("prod"))
        #expect(position(gitops) == GitPosition(lastChange: second, holding: [second, third], others: [first]))
        let fourth = try commit(gitops, Self.file)
        #expect(position(gitops)?.lastChange == fourth)
    }

    @Test("is not known without a repository, or without Git")
    func unknown() throws {
        let gitops = try TemporaryGitops()
        #expect(position(gitops) == nil)
        let missing = CommandLineTool(named: "no-such-program")
        #expect(missing.run([]).status == 127)
        #expect(GitPosition(of: [Self.file], in: gitops.root, git: missing) == nil)
    }

    @Test("is shown, and does not decide what cannot be known")
    func shown() async throws {
        let gitops = try TemporaryGitops()
        let commit = String(repeating: "c", count: 40)
        for (git, words) in [
            (CommandLineTool { _ in .init(status: 0, output: commit + "\n") }, "cccccccccccc: \(Scene.image)"),
            (CommandLineTool { _ in .init(status: 128) }, Scene.image),
        ] {
            let verifier = try Verifier(.init(environment: "devstg"), in: gitops.folder, git: git)
            let result = try await verifier.run(
                observe: {
                    Scene.healthy(as: $0) {
                        $0.gitSync = .seen(.init(status: "SUCCEEDED", targetRevision: .init(sha: commit)))
                    }
                },
                uptime: { .zero }, sleep: { _ in }, progress: { _, _ in })
            #expect(result.services[0].results[0].detail == words)
            #expect(result.outcome == .inSync, "\(result.services[0].summary)")
        }
    }
}
