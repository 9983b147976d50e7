/// The settings of one profile, merged from both AWS files; those of the credentials file win.
package struct Profile: Sendable {
    /// The profile's name.
    package let name: String
    private let settings: [String: String]

    /// The value of a setting, by its lower-case name; `nil` when unset or empty.
    package subscript(setting: String) -> String? {
        settings[setting].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Merges the sections `[name]` of the credentials file and `[profile name]` (or `[default]`) of the config file.
    static func merged(name: String, credentials: ProfileFile?, configuration: ProfileFile?) -> Profile? {
        let fromCredentials = credentials?.sections[name]
        var fromConfiguration = configuration?.sections["profile \(name)"]
        if name == "default" { fromConfiguration = fromConfiguration ?? configuration?.sections["default"] }
        if fromCredentials == nil, fromConfiguration == nil { return nil }
        let settings = (fromConfiguration ?? [:]).merging(fromCredentials ?? [:]) { _, credential in credential }
        return Profile(name: name, settings: settings)
    }
}

extension Profile: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Profile(\(name))" }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["name": name], displayStyle: .struct) }
}
