import ShrinkrProcess

/// Why a command cannot do what it was asked: one sentence.
package struct DeployError: ExitingError, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package let exitCode: Int32

    /// Makes an error.
    package init(_ description: String, exitCode: Int32 = Exit.failure) {
        self.description = description
        self.exitCode = exitCode
    }

    /// The problems of a file that is not touched before they are mended.
    static func refused(_ problems: [Problem]) -> DeployError {
        DeployError(problems.map(\.description).joined(separator: "\n"))
    }
}
