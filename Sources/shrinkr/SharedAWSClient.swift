import AWSRuntime
import Logging
import ShrinkrLaunch
import Synchronization

/// The process's one AWS client, made when something first needs AWS.
final class SharedAWSClient: Sendable {
    private let environment: [String: String]
    private let logger: Logger
    private let made = Mutex<AWSClient?>(nil)

    init(environment: [String: String], logger: Logger) {
        self.environment = environment
        self.logger = logger
    }

    /// - Throws: ``ConfigurationError``.
    func client() throws -> AWSClient {
        try made.withLock { made in
            if let made { return made }
            let client = try Startup.makeAWSClient(environment: environment, logger: logger)
            made = client
            return client
        }
    }

    func shutdown() async throws {
        try await made.withLock { $0 }?.shutdown()
    }
}
