import Glibc
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The web framework's application as a service whose failure to listen says where it failed.
struct HTTPService<Wrapped: ApplicationProtocol>: Service {
    let application: Wrapped
    let host: String
    let port: Int

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw APIError.cannotListen(host: host, port: port, errno: error.errnoCode)
        }
    }
}

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
