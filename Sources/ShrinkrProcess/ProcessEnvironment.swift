import FoundationEssentials

/// The surroundings of this process.
package enum ProcessEnvironment {
    /// The environment variables.
    package static var variables: [String: String] { ProcessInfo.processInfo.environment }
}
