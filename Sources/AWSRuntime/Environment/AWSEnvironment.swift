/// The environment variables that every AWS SDK reads, as given by the caller.
///
/// Reads nothing by itself but the profile files that the variables point to. Printing it shows names, never values:
/// the values may hold keys.
package struct AWSEnvironment: Sendable {
    private let variables: [String: String]
    private let readFile: @Sendable (String) throws -> String?

    /// Wraps a copy of the process's environment.
    ///
    /// - Parameters:
    ///   - variables: Names and values; a value of only white space counts as unset.
    ///   - seams: Where profile files are read from.
    package init(_ variables: [String: String], seams: AWSSeams = AWSSeams()) {
        self.variables = variables
        self.readFile = seams.readFile
    }

    /// The value of a variable without outer white space; `nil` when unset or empty.
    package subscript(name: String) -> String? {
        guard let value = variables[name] else { return nil }
        let trimmed = value.trimmingWhitespace()
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Whether a variable says yes: `true`, in any case.
    func isTrue(_ name: String) -> Bool {
        self[name]?.lowercased() == "true"
    }

    /// The profile to use: `AWS_PROFILE`, or `default`.
    package var profileName: String {
        self["AWS_PROFILE"] ?? "default"
    }

    /// The profile of `profileName`, merged from the shared credentials and config files.
    ///
    /// - Returns: `nil` when there is none and none was asked for.
    /// - Throws: `AWSError` when `AWS_PROFILE` names a profile that no file has, or a file cannot be read.
    package func profile() throws -> Profile? {
        let credentials = try file("AWS_SHARED_CREDENTIALS_FILE", default: "credentials")
        let configuration = try file("AWS_CONFIG_FILE", default: "config")
        let merged = Profile.merged(
            name: profileName,
            credentials: credentials.map(ProfileFile.init(parsing:)),
            configuration: configuration.map(ProfileFile.init(parsing:))
        )
        if merged == nil, self["AWS_PROFILE"] != nil {
            throw AWSError(.configuration, "AWS_PROFILE names the profile '\(profileName)', which no AWS file has")
        }
        return merged
    }

    private func file(_ variable: String, default name: String) throws -> String? {
        guard let path = self[variable] ?? self["HOME"].map({ "\($0)/.aws/\(name)" }) else { return nil }
        if path.hasPrefix("~/"), let home = self["HOME"] { return try readFile(home + path.dropFirst()) }
        return try readFile(path)
    }
}

extension AWSEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "AWSEnvironment(\(variables.keys.filter { $0.hasPrefix("AWS_") }.sorted().joined(separator: ", ")))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
