import AWSRuntime
import AWSTestSupport
import NIOHTTP1
import Testing

@testable import ShrinkrDeploy

@Suite("ECR client")
struct ECRClientTests {
    private static let name = ECRImageName(
        registryID: "123456789012", repository: "shrinkr/api", version: .tag("sha-1"))

    private static func details(_ mediaType: String) -> FakeAWS.Reply {
        .json(
            """
            {"imageDetails":[{"registryId":"123456789012","repositoryName":"shrinkr/api","imageDigest":"sha256:aa",
             "imageTags":["sha-1"],"imageSizeInBytes":12345,"imagePushedAt":1738000002.5\(mediaType)}]}
            """)
    }

    @Test(
        "Describes an image; one whose form is not told may be a list",
        arguments: [
            ("", true),
            (#","imageManifestMediaType":"application/vnd.oci.image.manifest.v1+json""#, false),
            (#","imageManifestMediaType":"application/vnd.oci.image.index.v1+json""#, true),
            (#","imageManifestMediaType":"application/vnd.docker.distribution.manifest.list.v2+json""#, true),
        ])
    func describe(mediaType: String, isIndex: Bool) async throws {
        struct Input: Decodable, Equatable {
            struct ID: Decodable, Equatable { let imageTag: String? }
            let registryId: String
            let repositoryName: String
            let imageIds: [ID]
        }
        try await withFakeAWS { _ in
            Self.details(mediaType)
        } _: { client, server in
            let image = try await ECRClient(client: client).image(Self.name)
            #expect(image == ECRImage(digest: "sha256:aa", isIndex: isIndex))
            let request = try #require(server.requests.first)
            #expect(
                request.headers.first(name: "x-amz-target")
                    == "AmazonEC2ContainerRegistry_V20150921.DescribeImages")
            #expect(request.headers.first(name: "content-type") == "application/x-amz-json-1.1")
            #expect(request.isSigned(with: .test, region: "eu-central-1", service: "ecr"))
            #expect(
                try request.json(Input.self)
                    == Input(
                        registryId: "123456789012", repositoryName: "shrinkr/api", imageIds: [.init(imageTag: "sha-1")]
                    ))
        }
    }

    @Test("Its public endpoint is api.ecr")
    func endpoint() throws {
        let environment = AWSEnvironment([:])
        let endpoint = try environment.endpoint(
            for: AWSService("ecr", endpointPrefix: "api.ecr"), region: "eu-central-1")
        #expect(endpoint.hostHeader == "api.ecr.eu-central-1.amazonaws.com")
    }

    @Test(
        "What does not exist is none", arguments: ["ImageNotFoundException", "RepositoryNotFoundException"])
    func missing(_ code: String) async throws {
        try await withFakeAWS { _ in
            .json(#"{"__type":"\#(code)","message":"no"}"#, status: 400)
        } _: { client, _ in
            let image = try await ECRClient(client: client).image(Self.name)
            #expect(image == nil)
        }
    }

    @Test("A refusal is an error")
    func denied() async throws {
        try await withFakeAWS { _ in
            .json(#"{"__type":"AccessDeniedException","Message":"not authorized"}"#, status: 400)
        } _: { client, _ in
            let error = await #expect(throws: AWSError.self) { try await ECRClient(client: client).image(Self.name) }
            #expect(error?.serviceCode == "AccessDeniedException")
        }
    }

    @Test("Lists the platforms of an index, asking by tag or digest")
    func platforms() async throws {
        let manifest = #"""
            {\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:bb\",\"size\":1,\"platform\":{}},
            {\"digest\":\"sha256:cc\",\"size\":2}]}
            """#.split(separator: "\n").joined()
        try await withFakeAWS { request in
            request.text.contains("sha256:dd")
                ? .json(#"{"images":[{"imageManifest":"\#(manifest)","imageId":{}}],"failures":[]}"#)
                : .json(#"{"images":[],"failures":[{"failureCode":"ImageNotFound"}]}"#)
        } _: { client, server in
            let ecr = ECRClient(client: client)
            let byDigest = ECRImageName(
                registryID: "123456789012", repository: "shrinkr/api", version: .digest("sha256:dd"))
            let ofIndex = try await ecr.platformDigests(byDigest)
            let ofNone = try await ecr.platformDigests(Self.name)
            #expect(ofIndex == ["sha256:bb", "sha256:cc"])
            #expect(ofNone.isEmpty)
            #expect(server.requests.map(\.operation) == ["BatchGetImage", "BatchGetImage"])
            #expect(server.requests.allSatisfy { $0.text.contains("acceptedMediaTypes") })
        }
    }
}
