package import ArgumentParser
import AsyncHTTPClient
import Glibc
package import ShrinkrProcess

/// Which server a command of the client asks.
package struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Address of the server, such as https://sho.rt [SHRINKR_CLIENT_SERVER, else that of the last login, else local]",
            valueName: "url"))
    package var server: String?

    @Flag(help: "Let the key go unencrypted to another machine")
    package var allowHttp = false

    package init() {}

    /// Asks the server, and closes all connections in the end.
    func withClient<Value>(
        format: OutputFormat = .text, _ work: (ClientSession) async throws -> Value
    ) async throws -> Value {
        let environment = ClientEnvironment(ProcessEnvironment.variable)
        let profiles = try Profiles.path(environment).map { path throws(ClientError) in try Profiles.read(path) }
        let chosen = try ChosenServer(
            named: server, allowsPlainText: allowHttp, environment: environment, profiles: profiles ?? Profiles())
        return try await ClientSession.run(chosen, format: format, work)
    }
}

/// The same, and how a command prints what it hears.
package struct ClientOptions: ParsableArguments {
    @OptionGroup package var server: ServerOptions

    @Option(help: "text (for people) or json")
    package var format: OutputFormat = .text

    package init() {}

    /// What the help of every command of the client ends with.
    static let discussion = """
        The key for the server is SHRINKR_CLIENT_KEY, or the one that 'login' has stored for it; a server that has no keys
        yet needs none on its own machine.

        \(ClientError.exitCodes)
        """

    func withClient<Value>(_ work: (ClientSession) async throws -> Value) async throws -> Value {
        try await server.withClient(format: format, work)
    }
}

/// One run of a command: a server to ask, and a place to print to.
package struct ClientSession: Sendable {
    package let api: APIClient
    package let output: Output
    package let screen: Screen
    package let format: OutputFormat

    /// Tells a person in front of a terminal how far the work has come.
    func progress(_ sentence: String) {
        if isatty(STDERR_FILENO) == 1 { Exit.say(TerminalText.safe(sentence)) }
    }

    /// Makes the HTTP client, and ends it when the work is done.
    static func run<Value>(
        _ server: ChosenServer, format: OutputFormat, _ work: (ClientSession) async throws -> Value
    ) async throws -> Value {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: APIClient.configuration)
        let session = ClientSession(
            api: APIClient(server, http: http) { Exit.say(TerminalText.safe($0)) }, output: Output(),
            screen: Screen { variable in ProcessEnvironment.variable(variable).flatMap { $0.isEmpty ? nil : $0 } },
            format: format)
        do {
            let value = try await work(session)
            try await http.shutdown()
            return value
        } catch {
            try? await http.shutdown()
            throw error
        }
    }
}
