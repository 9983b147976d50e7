/// The canonical form of a request: step 1 of Signature Version 4
/// (AWS IAM user guide, "Create a signed AWS API request").
struct CanonicalRequest {
    /// The canonical text that is hashed into the string to sign.
    let text: String
    /// The signed header names, sorted and joined by `;`.
    let signedHeaders: String

    /// Builds the canonical form of `request` with the headers that signing adds.
    init(_ request: SigningRequest, adding added: [SigningHeader], scope: SigningScope) {
        let headers = Self.canonicalHeaders(request, adding: added)
        self.signedHeaders = headers.map(\.name).joined(separator: ";")
        self.text = [
            request.method.uppercased(),
            scope.isS3 ? Self.orRoot(request.encodedPath) : Self.encodedTwice(request.encodedPath),
            PercentEncoding.query(request.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders,
            request.payload.text,
        ].joined(separator: "\n")
    }

    private static func orRoot(_ path: String) -> String {
        path.isEmpty ? "/" : path
    }

    /// Every service but S3 removes dot segments and empty segments, then encodes the encoded path again.
    private static func encodedTwice(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        let last = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return PercentEncoding.path("/" + segments.joined(separator: "/") + last)
    }

    /// Lower-case names in order, values of one name joined by commas in the order they are sent.
    private static func canonicalHeaders(
        _ request: SigningRequest,
        adding added: [SigningHeader]
    ) -> [(name: String, value: String)] {
        var values: [String: [String]] = ["host": [trimmed(request.host)]]
        for header in request.headers + added {
            let name = header.name.lowercased()
            if unsignedHeaders.contains(name) || name == "host" { continue }
            values[name, default: []].append(trimmed(header.value))
        }
        return values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
    }

    /// Outer white space removed, inner runs of it made one space.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    /// Headers that a proxy or the HTTP client may add or change on the way, as botocore leaves them out.
    private static let unsignedHeaders: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]
}
