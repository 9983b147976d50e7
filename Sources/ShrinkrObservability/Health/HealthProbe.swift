import ShrinkrBase

/// Asks a running program for its health, for the `healthcheck` subcommand that a container runtime calls.
///
/// Blocking sockets and nothing else: a process that lives for milliseconds should not start an event loop.
package enum HealthProbe {
    /// Default bound of the whole probe: connecting, sending and reading.
    package static let defaultTimeout: Duration = .seconds(2)
    /// `HTTP/1.1 200 OK` and a line end fit well; nothing after it is read.
    private static let maximumStatusLineBytes = 256

    /// Sends `GET path` and succeeds only on the status 200.
    ///
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address, or `localhost`; names are not looked up. The address a server listens on
    ///     works too, `0.0.0.0` included.
    ///   - port: the admin port.
    ///   - path: an absolute path, such as `/readyz`.
    ///   - timeout: bound of the whole probe.
    /// - Returns: failure as ``ObservabilityError/unhealthy(reason:)``, one sentence that says what happened.
    package static func check(
        host: String, port: Int, path: String = "/readyz", timeout: Duration = defaultTimeout
    ) -> Result<Void, ObservabilityError> {
        Result { () throws(ObservabilityError) in
            guard UntrustedText(path).begins(with: "/"), path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw .unhealthy(reason: "the path is not an absolute path without spaces")
            }
            let deadline = ContinuousClock.now + timeout
            let socket = try ProbeSocket.connected(host: host, port: port, deadline: deadline)
            let authority = "\(HostName.bracketed(host)):\(port)"
            try socket.send("GET \(path) HTTP/1.1\r\nHost: \(authority)\r\nConnection: close\r\n\r\n")
            let line = try socket.receiveLine(maximumBytes: maximumStatusLineBytes)
            guard let status = status(ofLine: line) else {
                throw .unhealthy(reason: "\(authority) did not answer in HTTP")
            }
            guard status == 200 else {
                throw .unhealthy(reason: "\(authority) answered GET \(path) with status \(status)")
            }
        }
    }

    /// The status code of an HTTP/1 status line (RFC 9112 section 4), nil for anything else.
    static func status(ofLine line: [UInt8]) -> Int? {
        let (version, rest) = UntrustedText(bytes: line).cut(at: " ")
        guard version.equals("HTTP/1.1") || version.equals("HTTP/1.0"), let code = rest?.cut(at: " ").before else {
            return nil
        }
        guard code.count == 3, let status = code.digits, (100...599).contains(status) else { return nil }
        return status
    }
}
