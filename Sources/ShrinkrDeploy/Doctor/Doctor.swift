/// Looks at everything that deployments need and nobody sees: settings of the repository, of GitHub and of the AWS
/// account. Reads only, with the programs `git`, `gh` and `aws` and their own credentials.
package struct Doctor: Sendable {
    /// What is asked about.
    package struct Request: Sendable {
        package var environment: String
        /// `owner/name` of the repository whose workflows run.
        package var repository: String
        /// The last step of `gitops/README.md` that was taken.
        package var step: Int

        package init(environment: String, repository: String, step: Int) {
            self.environment = environment
            self.repository = repository
            self.step = step
        }
    }

    /// The steps of `gitops/README.md`.
    package static let steps = 1...7

    let request: Request
    let folder: GitopsFolder
    let variables: BootstrapVariables?
    let git: CommandLineTool
    let gh: CommandLineTool
    let aws: CommandLineTool

    /// Reads the environment's variables.
    package init(
        _ request: Request, in folder: GitopsFolder, git: CommandLineTool = CommandLineTool(named: "git"),
        gh: CommandLineTool = CommandLineTool(named: "gh"), aws: CommandLineTool = CommandLineTool(named: "aws")
    ) {
        (self.request, self.folder, self.git, self.gh, self.aws) = (request, folder, git, gh, aws)
        let path = GitopsFolder.join(folder.path, "bootstrap/environments/\(request.environment).tfvars")
        variables = (try? TextFile.read(path, limit: 64 << 10)).map(BootstrapVariables.init)
    }

    /// Everything that was found, in the order of the steps.
    package func findings() -> [Finding] {
        let all = findingsInFiles() + findingsOnGitHub() + findingsInAWS()
        return all.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
            .map { $0.element.after(request.step) }
    }

    /// What a program answers, a line each; `nil` where it fails, with the reason told to `note`.
    func lines(_ tool: CommandLineTool, _ arguments: [String], note: (String) -> Void = { _ in }) -> [String]? {
        let result = tool.run(arguments)
        guard result.status == 0 else {
            let reason = result.complaint.split(whereSeparator: \.isNewline).first.map(String.init)
            note(result.status == 127 ? "there is no program for it" : reason ?? "ended with \(result.status)")
            return nil
        }
        return result.output.split(whereSeparator: \.isNewline).map(String.init)
    }

    /// A finding about what a program answers; what it fails at cannot be told.
    func finding(
        _ step: Int, _ title: String, _ tool: CommandLineTool, _ arguments: [String], _ judge: ([String]) -> Finding
    ) -> Finding {
        var reason = ""
        guard let lines = lines(tool, arguments, note: { reason = $0 }) else { return .cannotTell(step, title, reason) }
        return judge(lines)
    }
}

extension Doctor {
    /// The report that a person reads.
    package static func table(_ findings: [Finding]) -> String {
        TextTable(findings.map { ["step \($0.step)", $0.verdict.rawValue, $0.title, $0.detail] }, indent: "").text
    }

    /// 0 where all is in order as far as the step asks for it, 1 where something has to be mended, 3 where something
    /// could not be seen.
    package static func exitCode(_ findings: [Finding]) -> Int32 {
        if findings.contains(where: { $0.verdict == .mend }) { return 1 }
        return findings.contains(where: { $0.verdict == .cannotTell }) ? 3 : 0
    }
}
