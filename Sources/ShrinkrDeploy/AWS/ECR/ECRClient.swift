import AWSRuntime
import FoundationEssentials

/// Amazon ECR: reading what a registry says of an image.
struct ECRClient: Sendable {
    private static let service = AWSService("ecr", endpointPrefix: "api.ecr")
    /// The manifests that list others, one for each platform.
    private static let indexTypes = [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]

    private let client: AWSClient

    /// Uses the process's AWS client; its owner shuts it down.
    init(client: AWSClient) {
        self.client = client
    }

    /// Describes an image (`DescribeImages`).
    ///
    /// - Returns: `nil` when the repository or the image does not exist.
    /// - Throws: `AWSError`; `CancellationError`.
    func image(_ name: ECRImageName) async throws -> ECRImage? {
        let input = ECRShapes.ImagesInput(name)
        do {
            let output: ECRShapes.DescribeImagesOutput = try await call("DescribeImages", input)
            return output.imageDetails?.first.flatMap { details in
                details.imageDigest.map { digest in
                    let isIndex = details.imageManifestMediaType.map(Self.indexTypes.contains)
                    return ECRImage(digest: digest, isIndex: isIndex ?? true)
                }
            }
        } catch let error as AWSError where Self.isMissing(error) {
            return nil
        }
    }

    /// The digests that an index lists, one for each platform and attestation (`BatchGetImage`).
    ///
    /// - Returns: None when the image does not exist, or is no index.
    /// - Throws: `AWSError`; `CancellationError`.
    func platformDigests(_ name: ECRImageName) async throws -> [String] {
        var input = ECRShapes.ImagesInput(name)
        input.acceptedMediaTypes = Self.indexTypes
        let output: ECRShapes.BatchGetImageOutput = try await call("BatchGetImage", input)
        guard let manifest = output.images?.first?.imageManifest else { return [] }
        let index = try? JSONDecoder().decode(ECRShapes.Index.self, from: Data(manifest.utf8))
        return index?.manifests?.map(\.digest) ?? []
    }

    private func call<Output: Decodable>(_ name: String, _ input: some Encodable) async throws -> Output {
        let operation = AWSJSONOperation(
            service: Self.service,
            version: "1.1",
            targetPrefix: "AmazonEC2ContainerRegistry_V20150921",
            name: name,
            maximumResponseBytes: 4 << 20
        )
        return try await client.callJSON(operation, input)
    }

    private static func isMissing(_ error: AWSError) -> Bool {
        ["ImageNotFoundException", "RepositoryNotFoundException"].contains(error.serviceCode)
    }
}
