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
