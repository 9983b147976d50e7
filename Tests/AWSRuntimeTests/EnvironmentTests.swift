import AWSTestSupport
import Testing

@testable import AWSRuntime

@Suite("AWS environment")
struct EnvironmentTests {
    private let world = TestWorld()

    private func environment(_ variables: [String: String]) -> AWSEnvironment {
        AWSEnvironment(variables, seams: world.seams)
    }

    @Test("Region: variable, default variable, profile, in this order")
    func region() throws {
        world.setFile("/h/.aws/config", "[default]\nregion = eu-west-3\n[profile other]\nregion=ap-south-1\n")
        #expect(try environment(["HOME": "/h"]).region() == "eu-west-3")
        #expect(try environment(["HOME": "/h", "AWS_PROFILE": "other"]).region() == "ap-south-1")
        #expect(try environment(["HOME": "/h", "AWS_DEFAULT_REGION": "us-east-1"]).region() == "us-east-1")
        let both = ["AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": " eu-north-1 "]
        #expect(try environment(both).region() == "eu-north-1")
    }

    @Test(
        "A missing or malformed region is an error that names the variable", arguments: ["", "eu/central", "EU", "a.b"])
    func badRegion(_ value: String) {
        let error = #expect(throws: AWSError.self) { try environment(["AWS_REGION": value]).region() }
        #expect(error?.code == .configuration)
    }

    @Test("Endpoints")
    func endpoints() throws {
        let sqs = AWSService("sqs")
        func url(_ variables: [String: String], _ region: String) throws -> String {
            try environment(variables).endpoint(for: sqs, region: region).url(encodedPath: "/", encodedQuery: "")
        }
        #expect(try url([:], "eu-central-1") == "https://sqs.eu-central-1.amazonaws.com/")
        #expect(try url([:], "cn-north-1") == "https://sqs.cn-north-1.amazonaws.com.cn/")
        #expect(try url(["AWS_ENDPOINT_URL": "http://127.0.0.1:4566/"], "x") == "http://127.0.0.1:4566/")
        let both = ["AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_SQS": "https://B.example:443/base/"]
        #expect(try url(both, "x") == "https://b.example/base/")
        let s3Only = ["AWS_ENDPOINT_URL_S3": "http://a:1"]
        #expect(try url(s3Only, "eu-central-1") == "https://sqs.eu-central-1.amazonaws.com/")
        let error = #expect(throws: AWSError.self) { try url(["AWS_ENDPOINT_URL_SQS": "localhost"], "x") }
        #expect(error?.message.contains("AWS_ENDPOINT_URL_SQS") == true)
    }

    @Test(
        "Malformed endpoints",
        arguments: [
            "", "http://", "ftp://a", "http://user@a", "http://a?b", "http://a#b", "http://a:0", "http://a:99999",
            "http://a:b", "http://[::1", "http://a b", "http://:80", "http://[]", "http://a\\b", "http://ü",
        ]
    )
    func malformedEndpoint(_ text: String) {
        #expect(ServiceEndpoint(parsing: text) == nil)
    }

    @Test("IPv6 endpoint")
    func ipv6() throws {
        let endpoint = try #require(ServiceEndpoint(parsing: "http://[::1]:4566"))
        #expect(endpoint.hostHeader == "[::1]:4566")
        #expect(endpoint.url(encodedPath: "/a", encodedQuery: "b=") == "http://[::1]:4566/a?b=")
    }

    @Test("Profile files")
    func profiles() throws {
        world.setFile(
            "/h/.aws/credentials",
            """
            # comment
            [default]
            aws_access_key_id = AKID
            aws_secret_access_key=se#cret=x  # comment
            s3 =
              nested = ignored
            [ broken
            [empty]
            """
        )
        world.setFile(
            "/h/.aws/config", "[profile  default]\nregion=a\nAWS_ACCESS_KEY_ID=other\n[profile two]\nregion = b ; c\n")
        let profile = try #require(try environment(["HOME": "/h"]).profile())
        #expect(profile["aws_access_key_id"] == "AKID")
        #expect(profile["aws_secret_access_key"] == "se#cret=x")
        #expect(profile["region"] == "a")
        #expect(profile["nested"] == nil)
        #expect(profile["s3"] == nil)
        #expect(try environment(["HOME": "/h", "AWS_PROFILE": "two"]).profile()?["region"] == "b")
        #expect(try environment(["HOME": "/h", "AWS_PROFILE": "empty"]).profile() != nil)
        #expect(throws: AWSError.self) { try environment(["HOME": "/h", "AWS_PROFILE": "missing"]).profile() }
        #expect(try environment(["HOME": "/nowhere"]).profile() == nil)
        #expect(try environment([:]).profile() == nil)
    }

    @Test("Files elsewhere")
    func fileVariables() throws {
        world.setFile("/h/keys", "[default]\nregion = from-keys\n")
        let variables = ["AWS_SHARED_CREDENTIALS_FILE": "~/keys", "AWS_CONFIG_FILE": "/none", "HOME": "/h"]
        #expect(try environment(variables).region() == "from-keys")
    }

    @Test("Printing shows no value")
    func redacted() throws {
        world.setFile("/h/.aws/credentials", "[default]\naws_secret_access_key = hidden\n")
        let environment = environment(["HOME": "/h", "AWS_SECRET_ACCESS_KEY": "hidden"])
        var dumped = ""
        dump(environment, to: &dumped)
        dump(try environment.profile(), to: &dumped)
        let texts = [dumped, "\(environment)", String(reflecting: environment), "\(try environment.profile() as Any)"]
        for text in texts { #expect(!text.contains("hidden")) }
    }
}
