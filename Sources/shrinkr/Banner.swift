import APILaunch
import Glibc
import ShrinkrAPI
import ShrinkrBase
import ShrinkrLaunch
import ShrinkrProcess

/// What a person who starts `shrinkr` in a terminal wants to know: lines that can be pasted as they are, but for a key
/// that only its owner has.
enum Banner {
    static func show(_ listening: Listening, settings: SharedSettings, reportsURL: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let address = listening.configuration.origin
        let key = listening.needsKey ? " -H 'Authorization: Bearer KEY'" : ""
        let admin = settings.adminHost
        Exit.say(
            """

              Shrinkr answers at  \(address)\(heard(listening))
              Links and counts    \(settings.database.name)
              Reports             \(reportsURL)
              Metrics             http://\(HostName.bracketed(admin)):\(settings.adminPort)/metrics

              Make a link:        curl \(address)/api/v1/links\(key) \\
                                       -H 'Content-Type: application/json' \\
                                       -d '{"url":"https://www.swift.org/","code":"hello"}'
              Follow it:          curl -i \(address)/hello
              Its clicks:         curl \(address)/api/v1/links/hello/stats\(key)
              \(keys(listening, settings))
              Stop:               Control-C

            """)
    }

    /// Where the program listens, unless its public address says that.
    private static func heard(_ listening: Listening) -> String {
        let configuration = listening.configuration
        let local = "http://\(HostName.bracketed(configuration.host)):\(listening.port)"
        return local == configuration.origin ? "" : ", and listens on \(local)"
    }

    private static func keys(_ listening: Listening, _ settings: SharedSettings) -> String {
        let command = "\(ProcessEnvironment.program) keys create --name admin --scope admin\(settings.placeFlags)"
        return (listening.needsKey ? "One more key:       " : "For others:         ") + command
    }
}
