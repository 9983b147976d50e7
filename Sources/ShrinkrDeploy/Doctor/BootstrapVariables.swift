/// What a `.tfvars` file of the bootstrap sets: strings and words, those of a block by `block.name`.
package struct BootstrapVariables: Sendable, Hashable {
    private var values: [String: String] = [:]

    /// Reads the text of a file. Lists and comments are left out.
    package init(_ text: String) {
        var block = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.prefix { $0 != "#" }
            if line.allSatisfy({ $0.isWhitespace || $0 == "}" }) {
                if line.contains("}") { block = "" }
                continue
            }
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.split(whereSeparator: \.isWhitespace) }
            guard parts.count == 2, let name = parts[0].first, let value = parts[1].first else { continue }
            if value == "{" {
                block = "\(name)."
            } else {
                values[block + name] = String(value.filter { $0 != "\"" })
            }
        }
    }

    subscript(_ name: String) -> String? { values[name] }
}
