import ShrinkrBase
import ShrinkrProcess

/// Why a command of the client could not do what it was asked for: a sentence for people, and an exit code for programs.
package struct ClientError: ExitingError, CustomStringConvertible, Equatable {
    /// How the client ends. Codes below 3 are those of all commands (``Exit``).
    package enum Kind: Int32, CaseIterable, Sendable {
        /// The server or the network failed, or answered what this program does not understand.
        case failure = 1
        /// What was given cannot be used, such as an address that is none.
        case misuse = 2
        /// The server lets nobody do this with this key.
        case notAllowed = 3
        /// There is no such link or tag.
        case notFound = 4
        /// The server understood and refused: a value is wrong, an alias is taken, a link has changed meanwhile.
        case refused = 5
    }

    package let kind: Kind
    /// One sentence without its full stop, and without anything that a terminal would obey.
    package let description: String
    /// Whether the server knows the key, which lacks a scope.
    let isMissingScope: Bool

    /// - Parameter sentence: may hold a server's words; they are made safe for a terminal here.
    package init(_ kind: Kind, _ sentence: String, isMissingScope: Bool = false) {
        self.kind = kind
        self.isMissingScope = isMissingScope
        description = TerminalText.safe(sentence)
    }

    package var exitCode: Int32 { kind.rawValue }

    /// What `--help` says of the exit codes.
    package static let exitCodes = """
        Exits with 0 when all is done; 1 when the server or the network fails; 2 when the command line cannot be used; 3
        when the key is missing or may not; 4 when there is no such link; 5 when the server refuses what it was given.
        """
}
