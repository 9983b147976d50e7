/// Which image is meant.
package struct ECRImageName: Sendable, Hashable {
    /// What tells a repository's images apart.
    package enum Version: Sendable, Hashable {
        case tag(String)
        case digest(String)
    }

    /// The account that the registry belongs to.
    package let registryID: String
    package let repository: String
    package let version: Version

    /// Makes a name.
    package init(registryID: String, repository: String, version: Version) {
        self.registryID = registryID
        self.repository = repository
        self.version = version
    }
}

/// What a registry says of an image.
package struct ECRImage: Sendable, Hashable {
    /// Such as `sha256:…`.
    package let digest: String
    /// Whether it may list images of several platforms; what a task runs is then one of those.
    package let isIndex: Bool

    /// Makes an image.
    package init(digest: String, isIndex: Bool) {
        self.digest = digest
        self.isIndex = isIndex
    }
}
