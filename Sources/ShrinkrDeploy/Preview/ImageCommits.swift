/// The commits between two images of a service that touch what it is made of.
struct ImageCommits: Sendable, Hashable {
    /// The most that are named of each kind.
    static let maximum = 30

    let before: ImageReference?
    let after: ImageReference
    /// What the new image has and the old one has not, the newest first: the short hash, and what the commit says.
    var brought: [String] = []
    /// What the old image has and the new one has not.
    var takenBack: [String] = []
    /// Why the commits are not known.
    var obstacle: String?

    /// Asks Git.
    ///
    /// - Parameter sources: A checkout of the sources, with their history.
    init(
        of service: String, from before: ImageReference?, to after: ImageReference, sources: String,
        git: CommandLineTool
    ) {
        (self.before, self.after) = (before, after)
        guard let before, !before.isPlaceholder else {
            obstacle = "there is no image before it"
            return
        }
        guard let old = before.commit, let new = after.commit else {
            obstacle = "an image is named by its digest, not by a commit"
            return
        }
        let list = GitopsFolder.join(sources, "Dockerfiles/\(service).inputs")
        guard let text = try? TextFile.read(list, limit: 64 << 10) else {
            obstacle = "\(list) cannot be read"
            return
        }
        let inputs = text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            let path = line.prefix { $0 != "#" }.split(separator: " ").first
            return path.map(String.init)
        }
        // Commits that were the branch's tip count, as they do when images are planned.
        func log(_ range: String) -> [String]? {
            let limit = "-\(Self.maximum + 1)"
            let result = git.run(
                ["-C", sources, "--literal-pathspecs", "log", "--first-parent", limit, "--format=%h %s", range, "--"]
                    + inputs)
            return result.status == 0 ? result.output.split(whereSeparator: \.isNewline).map(String.init) : nil
        }
        guard let forward = log("\(old)..\(new)"), let back = log("\(new)..\(old)") else {
            obstacle = "the sources in \(sources) do not have both commits"
            return
        }
        (brought, takenBack) = (forward, back)
    }
}

extension ImageReference {
    /// The commit that it was built of; `nil` where it is named by its digest, or is still to be built.
    var commit: String? {
        guard case .tag(let tag) = version, !isPlaceholder else { return nil }
        return String(tag.dropFirst("sha-".count))
    }
}
