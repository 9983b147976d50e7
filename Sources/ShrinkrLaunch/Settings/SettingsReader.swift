import Configuration
package import ShrinkrCore
import ShrinkrProcess

/// Reads settings: a flag comes before the environment, and a value that cannot be understood is an error, never a
/// silent default.
package struct SettingsReader: Sendable {
    private let reader: ConfigReader
    private let variables: [String: String]

    /// - Parameters:
    ///   - flags: Values given on the command line.
    ///   - environment: The environment variables of the process.
    package init(flags: [Setting: String], environment: [String: String]) {
        let given = flags.map {
            (AbsoluteConfigKey(["shrinkr"] + $0.keyComponents), ConfigValue(.string($1), isSecret: $0.isSecret))
        }
        let secrets = Set(Setting.all.filter(\.isSecret).map(\.variable))
        reader = ConfigReader(providers: [
            InMemoryProvider(name: "flags", values: Dictionary(given) { $1 }),
            EnvironmentVariablesProvider(
                environmentVariables: environment.filter { !$0.value.isEmpty }, secretsSpecifier: .specific(secrets)),
        ]).scoped(to: "shrinkr")
        variables = environment
    }

    /// Variables that begin like ours but are none, so that a misspelt name does not go unnoticed.
    package var unknownVariables: [String] {
        let known = Set(Setting.all.map(\.variable))
        return variables.keys.filter { name in
            name.hasPrefix("SHRINKR_") && !known.contains(name) && Setting.retired[name] == nil
        }.sorted()
    }

    /// Variables that are set and that only earlier versions needed, with the reason.
    package var retiredVariables: [(variable: String, reason: String)] {
        Setting.retired.filter { variables[$0.key]?.isEmpty == false }.sorted { $0.key < $1.key }
            .map { (variable: $0.key, reason: $0.value) }
    }

    /// The value as text; nil where it is not set or empty.
    package func text(_ setting: Setting) async throws -> String? {
        try await reader.fetchString(forKey: ConfigKey(setting.keyComponents), isSecret: setting.isSecret)
            .flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Most bytes of a value that is parsed.
    private static let maximumBytes = 65_536

    /// The value that `parse` makes of the text, which is ASCII unless it may be anything, as a path or a secret.
    ///
    /// - Throws: ``ConfigurationError`` where it makes none.
    package func value<Value>(
        _ setting: Setting, _ expected: String, isFree: Bool = false, parse: (String) -> Value?
    ) async throws -> Value? {
        guard let text = try await text(setting) else { return nil }
        // What is parsed is ASCII, and short enough for anything that a setting can be; a path is read as it is.
        let isPlain = text.utf8.count <= Self.maximumBytes && (isFree || text.utf8.allSatisfy { $0 < 0x80 })
        if isPlain, let value = parse(text) { return value }
        let shown = setting.isSecret ? "is" : "is '\(text.prefix(100))',"
        throw ConfigurationError(setting, "\(shown) not \(expected)")
    }

    package func integer(_ setting: Setting, in range: ClosedRange<Int>) async throws -> Int? {
        try await value(setting, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    package func bool(_ setting: Setting) async throws -> Bool? {
        try await value(setting, "true or false") {
            ["true": true, "1": true, "false": false, "0": false][$0.lowercased()]
        }
    }

    package func duration(_ setting: Setting, in range: ClosedRange<Duration>) async throws -> Duration? {
        let expected =
            "a duration from \(range.lowerBound.shorthand) to \(range.upperBound.shorthand), with its unit (ms, s, m, h, d)"
        return try await value(setting, expected) { text in
            Duration(shorthand: text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A list of names and addresses that requests may ask for, added to `hosts`.
    package func hosts(_ setting: Setting, addedTo hosts: AllowedHosts) async throws -> AllowedHosts {
        let expected = "a list of host names and addresses without ports, separated by commas, or * for any"
        return try await value(setting, expected) { text in
            var all = hosts
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard all.insert(part.filter { $0 != " " }) else { return nil }
            }
            return all
        } ?? hosts
    }

    package func bytes(_ setting: Setting, in range: ClosedRange<Int>) async throws -> Int? {
        let expected =
            "a size from \(range.lowerBound.byteSize) to \(range.upperBound.byteSize), in bytes or with a unit (KiB, MiB, GiB)"
        return try await value(setting, expected) { text in
            Int(byteSize: text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Setting {
    fileprivate var keyComponents: [String] { key.split(separator: ".").map(String.init) }
}
