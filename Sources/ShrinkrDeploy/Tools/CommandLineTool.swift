import Foundation

/// Another program of this machine, such as `git` or `gh`, found on the path.
package struct CommandLineTool: Sendable {
    /// How it ended, and what it said.
    package struct Result: Sendable, Hashable {
        /// Zero for success; 127 where there is no such program.
        package let status: Int32
        package let output: String
        package let complaint: String

        package init(status: Int32, output: String = "", complaint: String = "") {
            self.status = status
            self.output = output
            self.complaint = complaint
        }
    }

    private static let isMissing: Int32 = 127

    /// Runs it with arguments, and waits for its end.
    package let run: @Sendable ([String]) -> Result

    /// A stand-in for a program.
    package init(_ run: @escaping @Sendable ([String]) -> Result) {
        self.run = run
    }

    /// The program of this name. It gets this process's environment, and nothing to read.
    package init(named name: String) {
        run = { arguments in Self.launch([name] + arguments) }
    }

    private static func launch(_ words: [String]) -> Result {
        let process = Process()
        // It knows the path, and says 127 where a program is missing.
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        let (output, complaint) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, complaint)
        do {
            try process.run()
        } catch {
            return Result(status: isMissing, complaint: "\(error)")
        }
        // What these programs complain of fits into a pipe, so that it can be read last.
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let words = complaint.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: text, as: UTF8.self),
            complaint: String(decoding: words, as: UTF8.self)
        )
    }
}
