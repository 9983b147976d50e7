import Synchronization
import Testing

@testable import ShrinkrDeploy

@Suite("The report of a preview, and its comment") struct PreviewReportTests {
    private static let task = ResourceChange(
        .modify, "TaskDefinition", type: "AWS::ECS::TaskDefinition", replacement: .yes,
        properties: ["ContainerDefinitions"])

    private static func preview(
        _ changes: [ResourceChange], values: [String: String] = [:], becoming after: [String: String] = [:],
        commits: ImageCommits? = nil
    ) -> Preview {
        let set = ChangeSet(status: "CREATE_COMPLETE", changes: changes, parameters: after)
        let stack = PreviewedStack(
            service: "api", stack: "shrinkr-api-devstg", outcome: .changes(set), values: values, commits: commits)
        return Preview(environment: "devstg", stacks: [stack])
    }

    @Test("a replaced database stands out, a new revision of the task does not")
    func replacements() {
        let database = ResourceChange(
            .modify, "Database", type: "AWS::RDS::DBInstance", replacement: .conditional, properties: ["Engine"])
        let service = ResourceChange(
            .modify, "Service", type: "AWS::ECS::Service", replacement: .conditional, properties: ["TaskDefinition"])
        let calm = Self.preview([Self.task, service]).markdown(head: nil)
        #expect(calm.contains("none is replaced or deleted but as with every new image"))
        #expect(!calm.contains("**Replaced or deleted**"))
        let named = ResourceChange(
            .modify, "Service", type: "AWS::ECS::Service", replacement: .yes, properties: ["ServiceName"])
        #expect(Self.preview([named]).markdown(head: nil).contains("**1 replaced or deleted**"))
        let alarming = Self.preview([Self.task, database]).markdown(head: "0123456789abcdef")
        #expect(alarming.contains("**1 replaced or deleted**"))
        let line = "- `Database`, `AWS::RDS::DBInstance`, may be replaced: `Engine`"
        #expect(alarming.contains("**Replaced or deleted**\n\n\(line)"))
        #expect(alarming.contains("of `0123456789ab`"))
    }

    @Test(
        "permissions are those of roles and of resources",
        arguments: [
            ("AWS::IAM::Role", "Policies", true), ("AWS::SQS::QueuePolicy", "PolicyDocument", true),
            ("AWS::S3::BucketPolicy", "Bucket", true), ("AWS::ECR::Repository", "RepositoryPolicyText", true),
            ("AWS::Lambda::Permission", "Action", true), ("AWS::EC2::SecurityGroupIngress", "CidrIp", true),
            ("AWS::ECS::TaskDefinition", "TaskRoleArn", true), ("AWS::ECS::TaskDefinition", "Cpu", false),
            ("AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName", false),
            ("AWS::ECR::Repository", "LifecyclePolicy", false),
        ])
    func permissions(type: String, property: String, expected: Bool) {
        let change = ResourceChange(.modify, "It", type: type, properties: [property])
        #expect(change.isOfPermissions == expected)
        #expect(Self.preview([change]).markdown(head: nil).contains("**Permissions**") == expected)
    }

    @Test("text of others neither calls anybody, nor ends a cell, nor looks like ours")
    func foreign() {
        let text = Self.preview(
            [Self.task], values: ["A": "x"], becoming: ["A": "@all | `![x](y)`\n### Approved"]
        ).markdown(head: nil)
        #expect(text.contains("| `A` | `x` | `@all \\| '![x](y)' ### Approved` |"))
        #expect(Markdown.code(String(repeating: "a", count: 1_000)).count < 310)
    }

    @Test("names the commits between the images, also those that go back")
    func commits() throws {
        let gitops = try TemporaryGitops()
        try gitops.write("Dockerfiles/api.inputs", "# made of\nSources/API # ours\nPackage.swift\n")
        let asked = Mutex<[[String]]>([])
        let git = CommandLineTool { arguments in
            asked.withLock { $0.append(arguments) }
            let isForward = arguments.contains { $0.hasPrefix("aaaa") }
            return .init(status: 0, output: isForward ? "1111 Better\n2222 @all\n" : "")
        }
        let before = try ImageReference(parsing: TemporaryGitops.image("a"))
        let after = try ImageReference(parsing: TemporaryGitops.image("b"))
        let commits = ImageCommits(of: "api", from: before, to: after, sources: gitops.root, git: git)
        #expect(commits.brought == ["1111 Better", "2222 @all"] && commits.takenBack.isEmpty)
        #expect(asked.withLock { $0 }.allSatisfy { $0.suffix(3) == ["--", "Sources/API", "Package.swift"] })
        let text = Self.preview([Self.task], commits: commits).markdown(head: nil)
        #expect(text.contains("**Commits**\n\n    1111 Better\n    2222 @all"))
        #expect(!text.contains("taken back"))
        let back = ImageCommits(of: "api", from: after, to: before, sources: gitops.root, git: git)
        #expect(Self.preview([], commits: back).markdown(head: nil).contains("**Commits taken back**"))
        let first = ImageCommits(of: "api", from: nil, to: after, sources: gitops.root, git: git)
        #expect(first.obstacle == "there is no image before it")
        let unknown = ImageCommits(
            of: "api", from: before, to: after, sources: gitops.root, git: .init { _ in .init(status: 128) })
        #expect(unknown.obstacle?.contains("do not have both commits") == true)
    }

    @Test(
        "a pull request is named by its repository and number",
        arguments: [
            "acme", "acme/shrinkr", "acme/shrinkr#", "acme/shrinkr#0", "acme/shrinkr#+1", "acme/shrinkr#01", "a/b/c#1",
            "a/..#1", "a/b?c#1", "/b#1",
        ])
    func places(text: String) {
        #expect(PullRequestComment(on: text) == nil)
    }

    /// What `gh` is asked, where a comment of this number is there already.
    private func requests(_ preview: Preview, known: String = "") throws -> [[String]] {
        let asked = Mutex<[[String]]>([])
        let gh = CommandLineTool { arguments in
            asked.withLock { $0.append(arguments) }
            return .init(status: 0, output: arguments.contains("--paginate") ? known : "")
        }
        try #require(PullRequestComment(on: "acme/shrinkr#12", gh: gh)).write(preview, head: nil)
        return asked.withLock { $0 }
    }

    @Test("is one comment, written anew; nothing is said where nothing changes and nothing was said")
    func comment() throws {
        let preview = Self.preview([Self.task])
        let first = try requests(preview)
        #expect(first.count == 2 && first[1].contains("repos/acme/shrinkr/issues/12/comments"))
        #expect(first[1].last?.hasPrefix("body=\(preview.mark)\n") == true)
        #expect(first[0].last?.contains("github-actions[bot]") == true, "nobody else's comment is written over")
        let second = try requests(preview, known: "345\n")
        #expect(second.count == 2 && second[1].contains("repos/acme/shrinkr/issues/comments/345"))
        #expect(second[1].contains("PATCH"))
        let nothing = Preview(environment: "devstg", stacks: [])
        #expect(try requests(nothing).count == 1)
        #expect(try requests(nothing, known: "345\n").count == 2)
    }

    @Test("never exceeds what GitHub takes")
    func bound() throws {
        let many = (0..<2_000).map {
            ResourceChange(.add, "Resource\($0)", type: "AWS::SQS::Queue", properties: ["VisibilityTimeout"])
        }
        let text = try #require(try requests(Self.preview(many)).last?.last)
        #expect(text.utf8.count < 65_536 && text.contains("The rest is too long"))
    }
}
