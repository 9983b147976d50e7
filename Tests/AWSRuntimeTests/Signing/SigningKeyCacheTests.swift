import Crypto
import Testing

@testable import AWSRuntime

@Suite("Signing key cache")
struct SigningKeyCacheTests {
    private let scope = SigningScope(region: "us-east-1", service: "iam")
    private let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    )

    @Test("Derives the key of the example in the AWS documentation")
    func documentedExample() {
        let key = SigningKeyCache().key(for: credentials, scope: scope, date: "20150830")
        let text = key.withUnsafeBytes { Hexadecimal.lowercase($0) }
        #expect(text == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
    }

    @Test("Keeps one key per date, scope, id and secret")
    func identity() {
        let cache = SigningKeyCache()
        let first = cache.key(for: credentials, scope: scope, date: "20150830")
        #expect(cache.key(for: credentials, scope: scope, date: "20150830") == first)
        #expect(cache.count == 1)

        let otherSecret = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "other")
        #expect(cache.key(for: otherSecret, scope: scope, date: "20150830") != first)
        #expect(cache.key(for: credentials, scope: scope, date: "20150831") != first)
        #expect(
            cache.key(for: credentials, scope: SigningScope(region: "us-east-1", service: "s3"), date: "20150830")
                != first)
        #expect(cache.count == 4)
    }

    @Test("Never holds more than its limit, and still answers rightly for what it dropped")
    func bounded() {
        let cache = SigningKeyCache()
        let first = cache.key(for: credentials, scope: scope, date: "0")
        for day in 1...(3 * SigningKeyCache.maximumKeys) {
            _ = cache.key(for: credentials, scope: scope, date: String(day))
        }
        #expect(cache.count == SigningKeyCache.maximumKeys)
        #expect(cache.key(for: credentials, scope: scope, date: "0") == first)
    }
}
