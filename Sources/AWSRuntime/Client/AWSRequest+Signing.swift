import NIOHTTP1

extension AWSRequest {
    /// The request as it goes on the wire, with the signature's headers.
    func signed(
        with credentials: AWSCredentials,
        region: String,
        time: UTCTime,
        keys: SigningKeyCache,
        timeout: Duration
    ) -> TransportRequest {
        let parts = SigningRequest(
            method: method.rawValue,
            host: endpoint.hostHeader,
            encodedPath: endpoint.basePath + encodedPath,
            query: query,
            headers: headers,
            payload: PayloadHash(of: body)
        )
        let signature = SignatureV4.headers(
            for: parts,
            credentials: credentials,
            scope: SigningScope(region: region, service: service.signingName),
            time: time,
            keys: keys
        )
        var wire = HTTPHeaders([("host", endpoint.hostHeader), ("user-agent", "shrinkr")])
        for header in headers + signature {
            wire.add(name: header.name, value: header.value)
        }
        return TransportRequest(
            method: method,
            url: endpoint.url(encodedPath: encodedPath, encodedQuery: PercentEncoding.query(query)),
            headers: wire,
            body: body,
            timeout: timeout,
            maximumResponseBytes: maximumResponseBytes
        )
    }
}
