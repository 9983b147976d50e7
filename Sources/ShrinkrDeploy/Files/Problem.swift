/// Something in a file that must be mended: `file:line: reason`.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// The line, from 1.
    package let line: Int
    package let reason: String

    /// Makes a problem.
    package init(file: String, line: Int, _ reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package var description: String { "\(file):\(line): \(reason)" }
}
