import Testing

@testable import AWSRuntime

@Suite("Credentials keep their secrets")
struct AWSCredentialsTests {
    private let credentials = AWSCredentials(
        accessKeyID: "ASIDEXAMPLE",
        secretAccessKey: "very-secret",
        sessionToken: "hidden-token",
        expiration: UTCTime(secondsSinceEpoch: 0)
    )

    @Test("No way of printing shows the secret or the token")
    func redacted() {
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(["nested": [credentials]], to: &dumped)
        let texts = [
            "\(credentials)", String(describing: credentials), String(reflecting: credentials),
            "\([credentials])", "\(Optional(credentials) as Any)", dumped,
        ]
        for text in texts {
            #expect(!text.contains("very-secret"))
            #expect(!text.contains("hidden-token"))
            #expect(text.contains("ASIDEXAMPLE"))
        }
    }
}
