/// One name and value of a query string, not yet percent-encoded.
package struct QueryItem: Sendable, Hashable {
    package var name: String
    package var value: String

    /// Makes an item; a flag such as `?uploads` has an empty value.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One header of a request, name in any case.
package struct SigningHeader: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The parts of an HTTP request that Signature Version 4 covers.
package struct SigningRequest: Sendable {
    /// `GET`, `POST`, `PUT`, …
    package var method: String
    /// The value of the `Host` header as sent: with the port, unless it is the scheme's default.
    package var host: String
    /// The path as sent, percent-encoded once; empty means `/`.
    package var encodedPath: String
    /// The query, in any order.
    package var query: [QueryItem]
    /// The other headers to sign. `Host` comes from `host`; what proxies may change is left out of the signature.
    package var headers: [SigningHeader]
    /// The hash of the body.
    package var payload: PayloadHash

    package init(
        method: String,
        host: String,
        encodedPath: String = "/",
        query: [QueryItem] = [],
        headers: [SigningHeader] = [],
        payload: PayloadHash
    ) {
        self.method = method
        self.host = host
        self.encodedPath = encodedPath
        self.query = query
        self.headers = headers
        self.payload = payload
    }
}
