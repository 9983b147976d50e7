package import Logging
package import ServiceLifecycle
import UnixSignals

/// Runs services until a signal, then stops them in reverse order.
package enum ServiceRun {
    /// Time for services to end after they were cancelled because the shutdown took too long.
    static let cancellationTime = Duration.seconds(3)

    /// - Parameters:
    ///   - services: In the order of their start.
    ///   - timeout: Longest time from the signal to the cancellation of what still runs.
    package static func run(_ services: [any Service], shutdownTimeout timeout: Duration, logger: Logger) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = timeout
        configuration.maximumCancellationDuration = cancellationTime
        try await ServiceGroup(configuration: configuration).run()
        logger.info("stopped")
    }
}
