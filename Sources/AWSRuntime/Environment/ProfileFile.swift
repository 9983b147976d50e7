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
