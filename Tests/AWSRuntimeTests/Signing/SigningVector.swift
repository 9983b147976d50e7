import FoundationEssentials
import Testing

@testable import AWSRuntime

/// One request and what botocore made of it; written by `Tests/Scripts/make-sigv4-vectors.py`.
struct SigningVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let method: String
    let host: String
    let path: String
    let encodedPath: String
    let query: [[String]]
    let headers: [[String]]
    let body: String
    let service: String
    let region: String
    let time: Int64
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?
    let payloadHash: String
    let canonicalRequest: String
    let stringToSign: String
    let added: [String: String]

    var testDescription: String { name }

    var request: SigningRequest {
        SigningRequest(
            method: method,
            host: host,
            encodedPath: encodedPath,
            query: query.map { QueryItem($0[0], $0[1]) },
            headers: headers.map { SigningHeader($0[0], $0[1]) },
            payload: PayloadHash(of: Array(body.utf8))
        )
    }

    var credentials: AWSCredentials {
        AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
    }

    var scope: SigningScope { SigningScope(region: region, service: service) }

    var signingTime: UTCTime { UTCTime(secondsSinceEpoch: time) }

    /// All vectors of the committed file, found beside this source file.
    static func load(file: String = #filePath) throws -> [SigningVector] {
        struct Document: Decodable { let vectors: [SigningVector] }
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: folder + "/Vectors/sigv4.json"))
        return try JSONDecoder().decode(Document.self, from: data).vectors
    }
}
