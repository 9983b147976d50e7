package import ArgumentParser
import ShrinkrObservability
import ShrinkrProcess

/// `healthcheck`: asks a running program whether it is ready and need not be started anew; for the health check of a
/// container.
package struct HealthCheckCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Ask a running program on this machine whether it is ready.",
        discussion: """
            Exits with 0 if it is, and with 1 and a sentence on standard error if it is not, or has to be started anew, as
            after its database's password has changed.
            """)

    @OptionGroup package var admin: AdminOptions

    package init() {}

    package func run() async throws {
        let reader = SettingsReader(admin, environment: ProcessEnvironment.variables)
        let settings = try await SharedSettings(reader)
        for path in ["/livez", "/readyz"] {
            try HealthProbe.check(host: settings.adminHost, port: settings.adminPort, path: path).get()
        }
    }
}
