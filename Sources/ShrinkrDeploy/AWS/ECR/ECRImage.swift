/// Which image is meant.
struct ECRImageName: Sendable, Hashable {
    /// What tells a repository's images apart.
    enum Version: Sendable, Hashable {
        case tag(String)
        case digest(String)
    }

    /// The account that the registry belongs to.
    let registryID: String
    let repository: String
    let version: Version

    init(registryID: String, repository: String, version: Version) {
        self.registryID = registryID
        self.repository = repository
        self.version = version
    }
}

/// What a registry says of an image.
struct ECRImage: Sendable, Hashable {
    /// Such as `sha256:…`.
    let digest: String
    /// Whether it may list images of several platforms; what a task runs is then one of those.
    let isIndex: Bool

    init(digest: String, isIndex: Bool) {
        self.digest = digest
        self.isIndex = isIndex
    }
}

/// Names of the parts of ECR requests and answers (Amazon ECR API reference).
enum ECRShapes {
    struct ImagesInput: Encodable {
        struct ImageID: Encodable {
            var imageTag: String?
            var imageDigest: String?
        }

        let registryId: String
        let repositoryName: String
        let imageIds: [ImageID]
        var acceptedMediaTypes: [String]?

        init(_ image: ECRImageName) {
            registryId = image.registryID
            repositoryName = image.repository
            switch image.version {
            case .tag(let tag): imageIds = [ImageID(imageTag: tag)]
            case .digest(let digest): imageIds = [ImageID(imageDigest: digest)]
            }
        }
    }

    struct DescribeImagesOutput: Decodable {
        struct Details: Decodable {
            let imageDigest: String?
            let imageManifestMediaType: String?
        }

        let imageDetails: [Details]?
    }

    struct BatchGetImageOutput: Decodable {
        struct Image: Decodable {
            let imageManifest: String?
        }

        let images: [Image]?
    }

    /// The part that is used of an OCI image index or a Docker manifest list.
    struct Index: Decodable {
        struct Manifest: Decodable {
            let digest: String
        }

        let manifests: [Manifest]?
    }
}
