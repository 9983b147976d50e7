import FoundationEssentials

/// The surroundings of this process.
package enum ProcessEnvironment {
    /// The environment variables.
    package static var variables: [String: String] { ProcessInfo.processInfo.environment }

    /// This program as it was started, such as `.build/release/shrinkr`: what a person writes to start it again.
    package static var program: String { CommandLine.arguments.first ?? "shrinkr" }
}
