/// A shared credentials or config file, as the AWS CLI writes it
/// (AWS SDKs and Tools reference, "Shared config and credentials files").
struct ProfileFile: Sendable {
    /// Section headers as written, without the brackets, with their settings by lower-case name.
    private(set) var sections: [String: [String: String]] = [:]

    /// Reads a file's text. Lines that are no setting, and nested settings (indented lines), are skipped.
    init(parsing text: String) {
        var section: String?
        for line in text.split(whereSeparator: \.isNewline) {
            if line.first == "#" || line.first == ";" || line.first?.isWhitespace == true { continue }
            if line.first == "[" {
                section = Self.header(line)
                if let section { sections[section, default: [:]] = sections[section] ?? [:] }
            } else if let section, let (name, value) = Self.setting(line) {
                sections[section]?[name] = value
            }
        }
    }

    private static func header(_ line: Substring) -> String? {
        guard let end = line.firstIndex(of: "]") else { return nil }
        let words = line[line.index(after: line.startIndex)..<end].split { $0 == " " || $0 == "\t" }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private static func setting(_ line: Substring) -> (name: String, value: String)? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        let name = String(line[..<equals]).trimmingWhitespace().lowercased()
        var value = line[line.index(after: equals)...]
        // A comment behind a value needs white space before it: secrets may contain '#'.
        for marker in [" #", " ;", "\t#", "\t;"] {
            if let comment = value.firstRange(of: marker) { value = value[..<comment.lowerBound] }
        }
        return name.isEmpty ? nil : (name, String(value).trimmingWhitespace())
    }
}

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

extension String {
    /// This text without white space and line ends at both ends.
    func trimmingWhitespace() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
