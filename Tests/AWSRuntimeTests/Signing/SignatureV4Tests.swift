import Testing

@testable import AWSRuntime

@Suite("Signature Version 4 agrees with botocore")
struct SignatureV4Tests {
    @Test("The vectors are all there")
    func vectorCount() throws {
        #expect(try SigningVector.load().count >= 100)
    }

    @Test("Canonical request", arguments: try SigningVector.load())
    func canonicalRequest(_ vector: SigningVector) {
        #expect(vector.request.payload.text == vector.payloadHash)
        #expect(canonical(vector).text == vector.canonicalRequest)
    }

    @Test("String to sign", arguments: try SigningVector.load())
    func stringToSign(_ vector: SigningVector) {
        let text = SignatureV4.stringToSign(canonical(vector), scope: vector.scope, time: vector.signingTime)
        #expect(text == vector.stringToSign)
    }

    @Test("Headers with the signature", arguments: try SigningVector.load())
    func headers(_ vector: SigningVector) {
        #expect(sign(vector, keys: SigningKeyCache()) == vector.added)
    }

    @Test("One cache shared by all vectors changes nothing")
    func sharedCache() throws {
        let keys = SigningKeyCache()
        for vector in try SigningVector.load() + SigningVector.load() {
            #expect(sign(vector, keys: keys) == vector.added, "\(vector.name)")
        }
    }

    @Test("Paths are encoded as botocore encodes them", arguments: try SigningVector.load())
    func pathEncoding(_ vector: SigningVector) {
        #expect(PercentEncoding.path(vector.path) == vector.encodedPath)
    }

    private func canonical(_ vector: SigningVector) -> CanonicalRequest {
        let added = SignatureV4.addedHeaders(
            for: vector.request,
            credentials: vector.credentials,
            scope: vector.scope,
            time: vector.signingTime
        )
        return CanonicalRequest(vector.request, adding: added, scope: vector.scope)
    }

    private func sign(_ vector: SigningVector, keys: SigningKeyCache) -> [String: String] {
        let headers = SignatureV4.headers(
            for: vector.request,
            credentials: vector.credentials,
            scope: vector.scope,
            time: vector.signingTime,
            keys: keys
        )
        return Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
    }
}
