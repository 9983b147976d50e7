import Configuration
package import ShrinkrBase
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
            (AbsoluteConfigKey(["shrinkr"] + $0.words), ConfigValue(.string($1), isSecret: $0.isSecret))
        }
        let secrets = Set(Setting.allCases.filter(\.isSecret).map(\.variable))
        reader = ConfigReader(providers: [
            InMemoryProvider(name: "flags", values: Dictionary(given) { $1 }),
            EnvironmentVariablesProvider(
                environmentVariables: environment.filter { !$0.value.isEmpty }, secretsSpecifier: .specific(secrets)),
        ]).scoped(to: "shrinkr")
        variables = environment
    }

    /// Variables that begin like ours but are none, so that a misspelt name does not go unnoticed.
    package var unknownVariables: [String] {
        // Those of the command line's client are not read here, and may be there as well.
        let known = Set(Setting.allCases.map(\.variable) + ["SHRINKR_CLIENT_KEY", "SHRINKR_CLIENT_SERVER"])
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
        try await reader.fetchString(forKey: ConfigKey(setting.words), isSecret: setting.isSecret)
            .flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Most bytes of a value that is parsed.
    private static let maximumBytes = 65_536

    /// The value that `parse` makes of the text, which is ASCII unless it may be anything, as a path or a secret; nil
    /// where none is given.
    ///
    /// - Throws: ``ConfigurationError`` where it makes none.
    package func given<Value>(_ setting: Setting, parse: (String) -> Value?) async throws -> Value? {
        guard let text = try await text(setting) else { return nil }
        let declaration = setting.declaration
        // What is parsed is ASCII, and short enough for anything that a setting can be; a path is read as it is.
        var isPlain = text.utf8.count <= Self.maximumBytes
        if case .free = declaration.kind {} else { isPlain = isPlain && text.utf8.allSatisfy { $0 < 0x80 } }
        if isPlain, let value = parse(text) { return value }
        let shown = setting.isSecret ? "is" : "is '\(text.prefix(100))',"
        throw ConfigurationError(setting, "\(shown) not \(declaration.expected)")
    }

    /// The same, or what `parse` makes of the default.
    ///
    /// - Parameter isEmbedded: Whether the queue is in the process, for which some defaults are others.
    package func value<Value>(
        _ setting: Setting, isEmbedded: Bool = false, parse: (String) -> Value?
    ) async throws -> Value {
        if let value = try await given(setting, parse: parse) { return value }
        let declaration = setting.declaration
        let standard = isEmbedded ? declaration.embeddedStandard ?? declaration.standard : declaration.standard
        guard let value = standard.flatMap(parse) else {
            preconditionFailure("The default of \(setting) is no value of it")
        }
        return value
    }

    package func integer(_ setting: Setting) async throws -> Int {
        try await value(setting, parse: setting.integer)
    }

    /// Nil where none is given.
    package func givenInteger(_ setting: Setting) async throws -> Int? {
        try await given(setting, parse: setting.integer)
    }

    package func bytes(_ setting: Setting) async throws -> Int {
        try await value(setting, parse: setting.integer)
    }

    package func duration(_ setting: Setting, isEmbedded: Bool = false) async throws -> Duration {
        try await value(setting, isEmbedded: isEmbedded, parse: setting.duration)
    }

    package func bool(_ setting: Setting) async throws -> Bool {
        try await value(setting) { ["true": true, "1": true, "false": false, "0": false][$0.lowercased()] }
    }

    /// A list of names and addresses that requests may ask for, added to `hosts`.
    package func hosts(_ setting: Setting, addedTo hosts: AllowedHosts) async throws -> AllowedHosts {
        try await given(setting) { text in
            var all = hosts
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard all.insert(part.filter { $0 != " " }) else { return nil }
            }
            return all
        } ?? hosts
    }
}

extension Setting {
    /// The number or size that the text says, if that is in range.
    fileprivate func integer(_ text: String) -> Int? {
        switch declaration.kind {
        case .integer(let range): Int(text).flatMap { range.contains($0) ? $0 : nil }
        case .bytes(let range): Int(byteSize: text).flatMap { range.contains($0) ? $0 : nil }
        default: nil
        }
    }

    /// The duration that the text says, if that is in range.
    fileprivate func duration(_ text: String) -> Duration? {
        guard case .duration(let range) = declaration.kind else { return nil }
        return Duration(shorthand: text).flatMap { range.contains($0) ? $0 : nil }
    }
}
