/// The one comment of a pull request that says what merging it does. It is written anew at every look.
package struct PullRequestComment: Sendable {
    /// The longest text, in bytes; GitHub takes 65,536 characters.
    private static let maximumBytes = 60_000
    /// Who writes it, so that nobody else's comment is taken for it.
    private static let author = "github-actions[bot]"

    private let repository: String
    private let number: Int
    private let gh: CommandLineTool

    /// Names a pull request as `owner/name#12`; `nil` for anything else.
    package init?(on place: String, gh: CommandLineTool = CommandLineTool(named: "gh")) {
        let parts = place.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[1]), number > 0, "\(number)" == parts[1] else { return nil }
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy(Self.isName) else { return nil }
        (repository, self.number, self.gh) = (String(parts[0]), number, gh)
    }

    /// The name of the change sets of its preview, one for each pull request: shrinkr-preview may make no others.
    package var changeSet: String { "preview-\(number)" }

    /// Writes it. Where nothing changes and nothing was said before, nothing is said.
    ///
    /// - Throws: ``DeployError`` when GitHub refuses.
    package func write(_ preview: Preview, head: String?) throws(DeployError) {
        let text = Self.bounded(preview.markdown(head: head))
        let mine = ".user.login == \"\(Self.author)\" and (.body | startswith(\"\(preview.mark)\"))"
        let found = try ask([
            "repos/\(repository)/issues/\(number)/comments?per_page=100", "--paginate", "--jq",
            ".[] | select(\(mine)) | .id",
        ])
        if let known = found.split(whereSeparator: \.isNewline).first {
            _ = try ask([
                "--silent", "-X", "PATCH", "repos/\(repository)/issues/comments/\(known)", "-f", "body=\(text)",
            ])
        } else if !preview.stacks.isEmpty {
            _ = try ask(["--silent", "repos/\(repository)/issues/\(number)/comments", "-f", "body=\(text)"])
        }
    }

    private func ask(_ arguments: [String]) throws(DeployError) -> String {
        let result = gh.run(["api"] + arguments)
        guard result.status == 0 else {
            let reason = result.complaint.split(whereSeparator: \.isNewline).first ?? "gh ended with \(result.status)"
            throw DeployError("The comment on \(repository)#\(number) cannot be written: \(reason)", exitCode: 3)
        }
        return result.output
    }

    /// Letters, digits, dots, dashes and underscores, as GitHub allows them.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && !text.allSatisfy { $0 == "." }
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                    || "._-".utf8.contains(byte)
            }
    }

    /// Whole lines of the text, as far as GitHub takes them.
    private static func bounded(_ text: String) -> String {
        if text.utf8.count <= maximumBytes { return text }
        var kept: [Substring] = []
        var bytes = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            bytes += line.utf8.count + 1
            if bytes > maximumBytes { break }
            kept.append(line)
        }
        return kept.joined(separator: "\n") + "\n\nThe rest is too long for a comment; the summary of the run has it.\n"
    }
}
