import Testing

@testable import ShrinkrDeploy

@Suite("Image references") struct ImageReferenceTests {
    private static let commit = String(repeating: "0123456789abcdef", count: 3).prefix(40)
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    @Test(
        "are read when they cannot change",
        arguments: [
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shrinkr/api:sha-\(commit)",
            "localhost:5000/api:sha-\(commit)", "localhost/a.b_c-d/e:sha-\(commit)",
            "ghcr.io/x/api@sha256:\(digest)",
        ])
    func good(text: String) throws {
        #expect(try ImageReference(parsing: text).description == text)
    }

    @Test(
        "are refused when they can change, or are none",
        arguments: [
            ("r.io/api:latest", "'latest', which may be moved"),
            ("r.io/api:v1.2.3", "'v1.2.3', which may be moved"),
            ("r.io/api", "no tag"),
            ("r.io/api:", "the tag ''"),
            ("r.io/api:sha-\(commit.dropLast())", "may be moved"),
            ("r.io/api:sha-\(commit)0", "may be moved"),
            ("r.io/api:sha-\(commit.uppercased())", "may be moved"),
            ("r.io/api:\(commit)", "may be moved"),
            ("r.io/api:sha-\(commit)\n", "may be moved"),
            ("r.io/api@sha256:\(digest.dropLast())", "not a digest alone"),
            ("r.io/api:sha-\(commit)@sha256:\(digest)", "not a digest alone"),
            ("api:sha-\(commit)", "registry"), ("shrinkr/api:sha-\(commit)", "registry"), ("", "registry"),
            (" r.io/api:sha-\(commit)", "registry"), ("r.io/API:sha-\(commit)", "repository"),
            ("r.io//api:sha-\(commit)", "repository"), ("r.io/:sha-\(commit)", "repository"),
            ("r.io/../api:sha-\(commit)", "repository"), ("https://r.io/api:sha-\(commit)", "repository"),
        ])
    func bad(text: String, reason: String) {
        let refusal = #expect(throws: ImageReference.Refusal.self) { try ImageReference(parsing: text) }
        #expect(refusal?.description.contains(reason) == true, "\(String(describing: refusal))")
    }

    @Test("know the registry of Amazon ECR")
    func ecr() throws {
        let image = try ImageReference(
            parsing: "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shrinkr/api:sha-\(Self.commit)")
        #expect(image.ecr?.account == "123456789012")
        #expect(image.ecr?.region == "cn-north-1")
        #expect(try ImageReference(parsing: "ghcr.io/x/api:sha-\(Self.commit)").ecr == nil)
        #expect(try ImageReference(parsing: "x.dkr.ecr.y.amazonaws.com/api:sha-\(Self.commit)").ecr == nil)
    }
}
