import Foundation

/// Where a branch is, as far as one stack is concerned.
package struct GitPosition: Sendable, Hashable {
    /// The last commit that changed the deployment file or the template: Git sync has to reach it.
    let lastChange: String
    /// The commits of the branch that hold that change, itself included.
    let holding: Set<String>
    /// The branch's other commits, all of them older or beside it.
    let others: Set<String>

    package init(lastChange: String, holding: Set<String>, others: Set<String>) {
        self.lastChange = lastChange
        self.holding = holding
        self.others = others
    }

    /// Asks Git about the files' repository.
    ///
    /// - Returns: `nil` where there is no repository, no history of the files, or no Git.
    package init?(of files: [String], in folder: String, git: CommandLineTool) {
        func lines(_ arguments: [String]) -> [String]? {
            let result = git.run(["-C", folder] + arguments)
            guard result.status == 0 else { return nil }
            return result.output.split(whereSeparator: \.isNewline).map(String.init)
        }
        let paths = files.map { URL(filePath: $0).standardizedFileURL.path }
        guard let last = lines(["log", "-1", "--format=%H", "HEAD", "--"] + paths)?.first,
            let later = lines(["rev-list", "--ancestry-path", "\(last)..HEAD"]), let all = lines(["rev-list", "HEAD"])
        else { return nil }
        let holding = Set(later + [last])
        self.init(lastChange: last, holding: holding, others: Set(all).subtracting(holding))
    }
}
