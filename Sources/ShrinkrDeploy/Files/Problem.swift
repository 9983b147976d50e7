import ShrinkrProcess

/// Something in a file that must be mended: `file:line: reason`.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// The line, from 1.
    package let line: Int
    package let reason: String

    package init(file: String, line: Int, _ reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package var description: String { "\(file):\(line): \(reason)" }
}

/// Why a command cannot do what it was asked: one sentence.
package struct DeployError: ExitingError, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package let exitCode: Int32

    package init(_ description: String, exitCode: Int32 = Exit.failure) {
        self.description = description
        self.exitCode = exitCode
    }

    /// The problems of a file that is not touched before they are mended.
    static func refused(_ problems: [Problem]) -> DeployError {
        DeployError(problems.map(\.description).joined(separator: "\n"))
    }
}
