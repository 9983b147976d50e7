import Glibc
import ShrinkrAPI
import ShrinkrLaunch
import ShrinkrProcess

/// What a person who starts `shrinkr` in a terminal wants to know.
enum Banner {
    static func show(_ configuration: APIConfiguration, port: Int, settings: SharedSettings, reportsURL: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let address = "http://\(host):\(port)"
        Exit.say(
            """

              Shrinkr answers at  \(address)
              Links and counts    \(settings.databasePath)
              Reports             \(reportsURL)
              Metrics             http://\(settings.adminHost ?? "127.0.0.1"):\(settings.adminPort)/metrics

              Make a link:        curl -d '{"url":"https://www.swift.org/"}' -H 'Content-Type: application/json' \\
                                       \(address)/api/v1/links
              Its clicks:         curl \(address)/api/v1/links/CODE/stats
              Stop:               Control-C

            """)
    }
}
