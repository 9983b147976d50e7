import Glibc

/// Why the API cannot run.
package enum APIError: Error, Hashable, CustomStringConvertible {
    /// Another program listens there, or this machine has no such address.
    case cannotListen(host: String, port: Int, errno: Int32)

    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let errno):
            // text: the system's own words.
            "cannot listen on \(host):\(port): \(String(cString: strerror(errno)).lowercased())"
        }
    }
}
