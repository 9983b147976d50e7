package import AWSRuntime
import FoundationEssentials
package import NIOHTTP1

/// A request as it arrived on the wire.
package struct FakeRequest: Sendable {
    package let method: HTTPMethod
    package let uri: String
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package var path: String { String(uri.prefix { $0 != "?" }) }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The operation of an AWS JSON request.
    package var operation: String? {
        headers.first(name: "x-amz-target").flatMap { $0.split(separator: ".").last.map(String.init) }
    }

    /// The body decoded from JSON whose names, such as `QueueUrl`, become `queueUrl`.
    package func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in CamelCaseKey(path[path.count - 1].stringValue) }
        return try decoder.decode(type, from: Data(body))
    }

    /// Whether what arrived carries the signature that its own bytes ask for, as AWS would check it.
    package func isSigned(with credentials: AWSCredentials, region: String, service: String) -> Bool {
        guard let authorization = headers.first(name: "authorization"), let host = headers.first(name: "host"),
            let time = signingTime,
            let list = authorization.split(separator: "SignedHeaders=").last?.split(separator: ",").first
        else { return false }
        let added: Set<String> = ["host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
        let names = list.split(separator: ";").map(String.init).filter { !added.contains($0) }
        let request = SigningRequest(
            method: method.rawValue,
            host: host,
            encodedPath: path,
            headers: names.flatMap { name in headers[name].map { SigningHeader(name, $0) } },
            payload: PayloadHash(of: body)
        )
        let expected = SignatureV4.headers(
            for: request,
            credentials: credentials,
            scope: SigningScope(region: region, service: service),
            time: time,
            keys: SigningKeyCache()
        )
        return expected.allSatisfy { headers.first(name: $0.name) == $0.value }
    }

    /// The time in the signature.
    package var signingTime: UTCTime? {
        guard let text = headers.first(name: "x-amz-date"), text.utf8.count == 16 else { return nil }
        let digits = Array(text)
        func number(_ range: Range<Int>) -> Int { Int(String(digits[range])) ?? -1 }
        return UTCTime(
            year: number(0..<4),
            month: number(4..<6),
            day: number(6..<8),
            hour: number(9..<11),
            minute: number(11..<13),
            second: number(13..<15)
        )
    }
}

/// A name with its first letter in lower case.
private struct CamelCaseKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) {
        stringValue = name.prefix(1).lowercased() + name.dropFirst()
    }

    init?(stringValue: String) {
        self.init(stringValue)
    }

    init?(intValue: Int) {
        nil
    }
}
