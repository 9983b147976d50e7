/// Which Shrinkr this is.
package enum Version {
    /// The release that this is or follows; the tag `v` and this is made of it.
    package static let current = "0.1.0"
    /// The commit that it was built of. Builds of images and releases put it in (`Dockerfiles`).
    static let commit = ""

    /// What `--version` says: the release and, where it is known, the commit.
    package static let text = described(release: current, commit: commit)

    static func described(release: String, commit: String) -> String {
        commit.isEmpty ? release : "\(release) (\(commit.prefix(12)))"
    }
}
