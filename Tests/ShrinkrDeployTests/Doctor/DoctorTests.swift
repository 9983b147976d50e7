import Foundation
import Testing

@testable import ShrinkrDeploy

@Suite("The doctor") struct DoctorTests {
    /// A machine on which everything is in order, but for what a test changes: what a program answers to a command that
    /// holds these words; `nil` where it fails.
    private struct Machine {
        var answers: [(words: String, answer: String?)] = []

        func tool(_ healthy: [(String, String)]) -> CommandLineTool {
            let changed = answers
            return CommandLineTool { arguments in
                let command = arguments.joined(separator: " ")
                if let (_, answer) = changed.first(where: { command.contains($0.words) }) {
                    guard let answer else { return .init(status: 1, complaint: "HTTP 403: no\nmore\n") }
                    return .init(status: 0, output: answer)
                }
                guard let (_, answer) = healthy.first(where: { command.contains($0.0) }) else {
                    Issue.record("nobody answers \(command)")
                    return .init(status: 127)
                }
                return .init(status: 0, output: answer)
            }
        }
    }

    private static let git = [("ls-files", "Package.resolved\nDockerfiles/api.Dockerfile\n")]
    private static let gitHub = [
        ("/branches/main --jq .name", "main\n"), ("/actions/permissions/workflow", "true\n"),
        ("/actions/permissions", "true\nselected\n"), ("/actions/workflows", ""), ("/rules/branches/main", "CI\n"),
        ("/actions/oidc", "true\n"), ("/actions/secrets", "DEPLOY_APP_PRIVATE_KEY\n"), ("/environments", "prod\n"),
        (
            "/actions/variables",
            "AWS_REGION=eu-central-1\nAWS_IMAGES_ROLE_ARN=a\nAWS_VERIFY_ROLE_ARN_DEVSTG=b\nDEPLOY_APP_CLIENT_ID=c\n"
                + "AWS_PREVIEW_ROLE_ARN_DEVSTG=d\n"
        ),
        ("repos/acme/links", "public\ntrue\ntrue\n11\n22\n"),
    ]
    private static let aws = [
        ("get-caller-identity", "123456789012\n"), ("describe-availability-zones", "3\n"),
        ("get-service-quota", "5.0\n"), ("describe-vpcs", "1\n"), ("list-connections", "AVAILABLE\n"),
        (
            "list-roles",
            """
            AWSServiceRoleForECS
            AWSServiceRoleForApplicationAutoScaling_ECSService
            AWSServiceRoleForElasticLoadBalancing
            """
        ),
        ("describe-stacks", "UPDATE_COMPLETE\n"), ("get-sync-blocker-summary", ""),
        ("get-parameters-by-path", "/shrinkr/url-secret-arn\tarn:secret\n"), ("describe-secret", "AWSCURRENT\n"),
        ("batch-get-image", "1\tNone\n"),
    ]
    private static let variables = """
        # Ours.
        environment = "devstg"
        account_id  = "123456789012"
        region      = "eu-central-1"
        branch      = "main"
        source_repository = {
          owner    = "acme"
          name     = "links"
          owner_id = "11"
          id       = "22"
        }
        gitops_repository = {
          owner = "other"
        }

        """

    private func findings(
        _ machine: Machine = Machine(), step: Int = 7, variables: String = variables, image: String = Scene.image
    ) throws -> [Finding] {
        let gitops = try TemporaryGitops()
        try gitops.write("gitops/bootstrap/environments/devstg.tfvars", variables)
        try gitops.write(TemporaryGitops.path(), TemporaryGitops.file(image: image))
        let request = Doctor.Request(environment: "devstg", repository: "acme/links", step: step)
        return Doctor(
            request, in: gitops.folder, git: machine.tool(Self.git), gh: machine.tool(Self.gitHub),
            aws: machine.tool(Self.aws)
        ).findings()
    }

    @Test("finds nothing where all is in order, and reads only")
    func healthy() throws {
        let findings = try findings()
        // The Dockerfiles are read where the program runs: these tests have the repository's own.
        let rest = findings.filter { !["locked versions", "own values"].contains($0.title) }
        #expect(rest.allSatisfy { $0.verdict == .ok }, "\(Doctor.table(rest))")
        #expect(findings.map(\.step) == findings.map(\.step).sorted())
        #expect(findings.count > 20)
    }

    @Test(
        "names what is missing, and its mend",
        arguments: [
            ("/branches/main --jq", nil, "branch", Finding.Verdict.cannotTell, "HTTP 403: no"),
            ("/actions/permissions --jq", "false\n", "Actions", .mend, "switch them on"),
            ("/actions/permissions --jq", "true\nlocal_only\n", "Actions", .mend, "allow the pinned ones"),
            (
                "/actions/workflows", ".github/workflows/verify.yml disabled_fork\n", "workflows", .mend,
                "gh workflow enable"
            ),
            ("/rules/branches/main", "", "required check", .mend, "require the check CI"),
            ("/actions/oidc", "false\n", "identity token", .mend, "customised"),
            ("/actions/secrets", "X\n", "GitHub App", .mend, "DEPLOY_APP_PRIVATE_KEY"),
            ("/actions/variables", "A=b\n", "repository variables", .mend, "AWS_REGION, AWS_IMAGES_ROLE_ARN"),
            ("/actions/variables", "A=b\n", "verification", .mend, "AWS_VERIFY_ROLE_ARN_DEVSTG"),
            ("/actions/variables", "A=b\n", "preview", .note, "AWS_PREVIEW_ROLE_ARN_DEVSTG"),
            ("/actions/variables", "A=b\n", "pull requests of CI", .note, "a person approves"),
            ("/actions/variables", "GITOPS_REPOSITORY=acme/x\n", "pull requests of CI", .mend, "only a GitHub App"),
            ("/environments", "", "environment prod", .note, "reviewers"),
            ("repos/acme/links --jq", "private\nfalse\ntrue\n11\n22\n", "Issues", .mend, "switch them on"),
            ("repos/acme/links --jq", "private\nfalse\ntrue\n11\n22\n", "attestation", .note, "ATTEST_IMAGES"),
            ("repos/acme/links --jq", "public\ntrue\ntrue\n11\n33\n", "repository's numbers", .mend, "id is 33"),
            ("repos/acme/links --jq", nil, "repository", .cannotTell, "gh auth status"),
            ("get-caller-identity", nil, "AWS account", .cannotTell, "HTTP 403"),
            ("get-caller-identity", "210987654321\n", "AWS account", .mend, "the .tfvars say 123456789012"),
            ("describe-availability-zones", "1\n", "zones", .mend, "fewer than two"),
            ("describe-vpcs", "5\n", "quota of VPCs", .note, "all 5 are used"),
            (
                "list-roles", "AWSServiceRoleForECS\n", "service-linked roles", .mend,
                "elasticloadbalancing.amazonaws.com"
            ),
            ("list-connections", "PENDING\n", "connection to GitHub", .mend, "approve it"),
            ("list-connections", "", "connection to GitHub", .mend, "there is none"),
            (
                "describe-stacks", "UPDATE_ROLLBACK_COMPLETE\n", "stack shrinkr-api-devstg", .mend,
                "`shrinkr-deploy verify` says why"
            ),
            ("describe-stacks", "UPDATE_IN_PROGRESS\n", "stack shrinkr-api-devstg", .note, "wait"),
            ("get-sync-blocker", "1\tfailed\n", "Git sync of shrinkr-api-devstg", .mend, "update-sync-blocker"),
            ("get-parameters-by-path", "", "secrets", .mend, "infra has written none"),
            ("describe-secret", "\n", "/shrinkr/url-secret-arn", .mend, "put-secret-value"),
            ("batch-get-image", "0\tImageNotFound\n", "image of api", .mend, "does not have sha-"),
        ] as [(String, String?, String, Finding.Verdict, String)])
    func missing(words: String, answer: String?, title: String, verdict: Finding.Verdict, detail: String) throws {
        let found = try findings(Machine(answers: [(words, answer)])).first { $0.title == title }
        #expect(found?.verdict == verdict)
        #expect(found?.detail.contains(detail) == true, "\(found?.detail ?? "")")
    }

    @Test("names auto-merge that is asked for and not allowed, and workflows that may not open pull requests")
    func settings() throws {
        let variables = ("/actions/variables", "DEVSTG_AUTO_MERGE=true\n" as String?)
        let repository = ("repos/acme/links --jq", "public\ntrue\nfalse\n11\n22\n" as String?)
        let workflow = ("/actions/permissions/workflow", "false\n" as String?)
        let found = try findings(Machine(answers: [variables, repository, workflow]))
        #expect(found.first { $0.title == "auto-merge" }?.verdict == .mend)
        #expect(found.first { $0.title == "pull requests of CI" }?.verdict == .mend)
    }

    @Test("reads the files: placeholders, another account, an image that is not built yet")
    func files() throws {
        let placeholder = Self.variables.replacing("\"acme\"", with: "\"your-organisation\"")
        #expect(try findings(variables: placeholder).first { $0.title == "own values" }?.verdict == .mend)
        let other = Self.variables.replacing("branch ", with: "registry_account_id = \"1\"\nbranch ")
        #expect(try findings(variables: other).first { $0.title == "registry of the images" }?.verdict == .mend)
        let zeros = TemporaryGitops.image("0")
        #expect(try findings(image: zeros).first { $0.title == "image of api" }?.detail.contains("none yet") == true)
    }

    @Test("asks for no more than the step that was taken")
    func steps() throws {
        let machine = Machine(answers: [("list-connections", ""), ("describe-stacks", nil), ("ls-files", "")])
        let early = try findings(machine, step: 2).filter { $0.step > 2 && $0.verdict != .ok && $0.verdict != .note }
        #expect(!early.isEmpty && early.allSatisfy { $0.verdict == .later })
        #expect(try findings(machine, step: 3).contains { $0.step == 3 && $0.verdict == .mend })
    }

    @Test("ends with what is worst")
    func exitCodes() {
        let all: [Finding] = [.ok(1, "a", ""), .note(1, "b", ""), .cannotTell(1, "c", ""), .mend(1, "d", "")]
        #expect((1...4).map { Doctor.exitCode(Array(all[..<$0])) } == [0, 0, 3, 1])
        #expect(Doctor.exitCode([Finding.mend(3, "a", "").after(2)]) == 0)
        #expect(Doctor.table([.mend(2, "zones", "none")]) == "step 2  mend  zones  none")
    }

    @Test("reads variables of the bootstrap")
    func bootstrapVariables() {
        let variables = BootstrapVariables(Self.variables)
        #expect(variables["account_id"] == "123456789012")
        #expect(variables["source_repository.owner"] == "acme")
        #expect(variables["gitops_repository.owner"] == "other")
        #expect(variables["owner"] == nil)
    }
}
