package import ArgumentParser
import Glibc
import ShrinkrBase
import ShrinkrProcess

/// `login`: stores the key for a server, which is then asked where none is named.
package struct LoginCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Store the key for a server, and ask this one from now on.",
        discussion: """
            Reads the key from standard input, without showing it; never from the command line, which everybody on the
            machine can read. It is tried, and stored in shrinkr/client.json in the folder for configuration
            ($XDG_CONFIG_HOME, else ~/.config), which nobody else can read.

              \(ProcessEnvironment.program) login --server https://sho.rt

            \(ClientError.exitCodes)
            """)

    @Option(help: ArgumentHelp("Address of the server", valueName: "url"))
    package var server: String

    @Flag(help: "Let the key go unencrypted to another machine")
    package var allowHttp = false

    package init() {}

    package func run() async throws {
        let environment = ClientEnvironment(ProcessEnvironment.variable)
        guard let path = Profiles.path(environment) else {
            throw ClientError(.misuse, "neither XDG_CONFIG_HOME nor HOME says where the key can be stored")
        }
        var profiles = try Profiles.read(path)
        let address = try ChosenServer.address(server, of: "--server")
        try ChosenServer.check(address, sendsKey: true, allowsPlainText: allowHttp)
        guard let key = ClientKey.checked(try SecretPrompt.read("Key for \(address): ")) else {
            throw ClientError(.misuse, "That is no key: a key is one line of visible ASCII characters")
        }
        try await check(ChosenServer(address: address, key: key))
        try profiles.store(key, for: address)
        try profiles.write(path)
        Exit.say("The key for \(address) is stored in \(path).")
    }

    /// Asks for something that needs a key. One that may not read links works too.
    private func check(_ server: ChosenServer) async throws {
        try await ClientSession.run(server, format: .text) { session in
            do {
                _ = try await session.api.send(APIRequest(.get, "links", query: [("limit", "1")]))
            } catch let error as ClientError where error.isMissingScope {}
        }
    }
}

/// `logout`: forgets the key for a server.
package struct LogoutCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Forget the key for a server.",
        discussion: "The key goes on to work; 'keys revoke' ends that.")

    @Option(help: ArgumentHelp("Address of the server [that of the last login]", valueName: "url"))
    package var server: String?

    package init() {}

    package func run() throws {
        guard let path = Profiles.path(ClientEnvironment(ProcessEnvironment.variable)) else { return }
        var profiles = try Profiles.read(path)
        let named = try server.map { text throws(ClientError) in try ChosenServer.address(text, of: "--server") }
        guard let address = named ?? profiles.standard?.server, profiles.remove(address) else {
            throw ClientError(.notFound, "No key is stored\(named.map { " for \($0)" } ?? "")")
        }
        try profiles.write(path)
        Exit.say("The key for \(address) is forgotten.")
    }
}

/// Asks for what must not be seen.
enum SecretPrompt {
    /// A line from standard input; from a terminal without showing it.
    static func read(_ prompt: String) throws -> String {
        var before = termios()
        let isTerminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var hidden = before
            hidden.c_lflag &= ~tcflag_t(ECHO)
            // Flushes what was typed before it was hidden.
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
            _ = Output(STDERR_FILENO).isWritten(Array(prompt.utf8))
        }
        defer {
            if isTerminal {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                Exit.say("")
            }
        }
        var reader = LineReader(STDIN_FILENO)
        return try reader.next(1).first?.text ?? ""
    }
}
