package import ArgumentParser
import FoundationEssentials
import Glibc

/// How a program of ours ends.
package enum Exit {
    /// For a command line or a configuration that cannot be used.
    package static let misuse: Int32 = 2
    /// For everything else that went wrong.
    package static let failure: Int32 = 1

    /// Runs the program: parses the command line, runs the command, and ends the process with the right code. What went
    /// wrong is said in one sentence on standard error.
    ///
    /// - Parameter misuse: The exit code for a command line that cannot be used.
    package static func running(
        _ command: any AsyncParsableCommand.Type, misuse: Int32 = Exit.misuse
    ) async -> Never {
        // A client that goes away must not take the process with it.
        signal(SIGPIPE, SIG_IGN)
        // What a program makes is its user's own, also where a library makes it.
        umask(0o077)
        do {
            var parsed = try command.parseAsRoot()
            if var parsed = parsed as? any AsyncParsableCommand {
                try await parsed.run()
            } else {
                try parsed.run()
            }
            exit(0)
        } catch {
            end(with: error, of: command, misuse: misuse)
        }
    }

    private static func end(
        with error: any Error, of command: any AsyncParsableCommand.Type, misuse: Int32
    ) -> Never {
        if command.exitCode(for: error) == .success {
            print(command.fullMessage(for: error))
            exit(0)
        }
        if let code = error as? ExitCode { exit(code.rawValue) }
        let isOfCommandLine = command.exitCode(for: error) == .validationFailure
        let arguments = Array(CommandLine.arguments.dropFirst())
        let sentence =
            isOfCommandLine
            ? CommandLineHint.sentence(for: arguments, of: command) ?? command.message(for: error) : "\(error)"
        say("\(command._commandName): \(sentence)")
        if isOfCommandLine { say(hint(command.fullMessage(for: error)) ?? "Try '\(command._commandName) --help'.") }
        exit(isOfCommandLine ? misuse : (error as? any ExitingError)?.exitCode ?? failure)
    }

    /// The last line of the parser's own message: `See 'shrinkr keys create --help' for more information.`
    private static func hint(_ message: String) -> String? {
        let line = message.split(separator: "\n").last.map { String($0.drop { $0 == " " }) }
        return line?.hasPrefix("See '") == true ? line : nil
    }

    /// Writes a line to standard error.
    package static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// An error that ends the program with an exit code of its own; any other ends it with ``Exit/failure``.
package protocol ExitingError: Error {
    var exitCode: Int32 { get }
}

/// The surroundings of this process.
package enum ProcessEnvironment {
    /// The environment variables.
    package static var variables: [String: String] { ProcessInfo.processInfo.environment }

    /// The value of one environment variable.
    package static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// This program as it was started, such as `.build/release/shrinkr`: what a person writes to start it again.
    package static var program: String { CommandLine.arguments.first ?? "shrinkr" }
}
