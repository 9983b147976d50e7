import Foundation
import Testing

@testable import ShrinkrDeploy

@Suite("Verifying") struct VerifierTests {
    /// A clock that moves by what is slept.
    private final class Clock {
        var now = Duration.zero
        var sleeps: [Duration] = []

        func sleep(_ duration: Duration) {
            sleeps.append(duration)
            now += duration
        }
    }

    private func verify(
        _ gitops: TemporaryGitops, _ request: Verifier.Request, clock: Clock = Clock(),
        observe: @escaping (DesiredState) -> Observation
    ) async throws -> EnvironmentVerification {
        try await Verifier(request, in: gitops.folder).run(
            observe: observe, uptime: { clock.now }, sleep: { clock.sleep($0) }, progress: { _, _ in })
    }

    @Test("looks at every service of the environment, or at those that are named")
    func services() async throws {
        let gitops = try TemporaryGitops()
        try gitops.write(
            TemporaryGitops.path("devstg", "worker"),
            TemporaryGitops.file().replacing("templates/api", with: "templates/worker"))
        try gitops.write("gitops/templates/worker.yml", TemporaryGitops.template)
        var seen: [DesiredState] = []
        let all = try await verify(gitops, .init(environment: "devstg")) {
            seen.append($0)
            return Scene.healthy(as: $0)
        }
        #expect(all.outcome == .inSync)
        #expect(seen.map(\.stack) == ["shrinkr-api-devstg", "shrinkr-worker-devstg"])
        #expect(seen.first?.image?.description == Scene.image)
        #expect(seen.first?.parameters == Scene.desired.parameters)
        #expect(seen.first?.secretParameters == ["Secret"])
        #expect(seen.first?.template == TemporaryGitops.template)
        let one = try await verify(
            gitops, .init(environment: "devstg", services: ["worker"], stackPrefix: "links")
        ) { Scene.healthy(as: $0) }
        #expect(one.services.map(\.stack) == ["links-worker-devstg"])
    }

    @Test("waits between looks, and never longer than it may")
    func waits() async throws {
        let clock = Clock()
        let request = Verifier.Request(environment: "devstg", wait: .seconds(25), interval: .seconds(10))
        let result = try await verify(TemporaryGitops(), request, clock: clock) { _ in
            Scene.healthy { $0.stack = .seen(Scene.stack("UPDATE_IN_PROGRESS")) }
        }
        #expect(result.outcome == .rolling)
        #expect(clock.sleeps == [.seconds(10), .seconds(10), .seconds(5)])
    }

    @Test("says when the deployment file has another image, and does not wait for it")
    func expectedImage() async throws {
        let clock = Clock()
        var request = Verifier.Request(environment: "devstg", wait: .seconds(60))
        request.expectedImage = TemporaryGitops.image("b")
        let result = try await verify(TemporaryGitops(), request, clock: clock) { Scene.healthy(as: $0) }
        #expect(result.outcome == .drift)
        #expect(result.services.first?.results.first?.verdict == .drift)
        #expect(clock.sleeps.isEmpty)
        request.expectedImage = Scene.image
        #expect(try await verify(TemporaryGitops(), request) { Scene.healthy(as: $0) }.outcome == .inSync)
    }

    @Test("takes a deployment file that is not in order for drift, and asks AWS nothing about it")
    func badFile() async throws {
        let gitops = try TemporaryGitops()
        try gitops.write(TemporaryGitops.path(), TemporaryGitops.file(image: "r.io/shrinkr/api:latest"))
        let result = try await verify(gitops, .init(environment: "devstg")) { _ in
            Issue.record("AWS was asked")
            return Scene.healthy()
        }
        #expect(result.outcome == .drift)
        #expect(result.services.first?.results.map(\.check) == [.deploymentFile])
        #expect(result.services.first?.results.first?.detail.contains(":5: the image has the tag 'latest'") == true)
    }

    @Test("refuses environments and services that do not exist")
    func missing() throws {
        let gitops = try TemporaryGitops()
        #expect(throws: DeployError.self) { try Verifier(.init(environment: "gone"), in: gitops.folder) }
        #expect(throws: DeployError.self) {
            try Verifier(.init(environment: "devstg", services: ["gone"]), in: gitops.folder)
        }
        try gitops.remove(TemporaryGitops.path("prod"))
        #expect(throws: DeployError.self) { try Verifier(.init(environment: "prod"), in: gitops.folder) }
    }

    @Test("reports for people")
    func table() {
        let observed = Scene.healthy {
            $0.gitSync = .seen(nil)
            $0.service = .seen(Scene.service(running: 1, pending: 1))
        }
        let table = Scene.environment(observed).table
        #expect(
            table.hasPrefix(
                "shrinkr-api-devstg: still rolling\n"
                    + "  not checked  git sync                 the stack has no Git sync, or none has run yet\n"
                    + "  ok           stack status             UPDATE_COMP"))
        #expect(table.contains("\n  rolling      running tasks            1 of 2, 1 pending; the scheduler's story\n"))
        #expect(table.hasSuffix("\n\ndevstg: still rolling"))
    }

    @Test("reports for programs")
    func json() throws {
        struct Report: Decodable {
            struct Service: Decodable {
                struct Check: Decodable { let check, result, detail: String }
                let service, stack, result: String
                let checks: [Check]
            }
            let environment, result: String
            let exitCode: Int
            let services: [Service]
        }
        let text = try Scene.environment(Scene.healthy { $0.gitSync = .seen(nil) }).json
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = try decoder.decode(Report.self, from: Data(text.utf8))
        #expect((report.environment, report.result, report.exitCode) == ("devstg", "in_sync", 0))
        #expect(report.services.map(\.stack) == ["shrinkr-api-devstg"])
        let checks = try #require(report.services.first?.checks)
        #expect(checks.map(\.check) == Check.allCases.dropFirst().map(\.rawValue))
        #expect(checks.first { $0.check == "git_sync" }?.result == "not_checked")
    }
}
