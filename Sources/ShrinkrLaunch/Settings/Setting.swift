/// One thing that can be configured, by an environment variable or, mostly, by the flag of the same name.
package struct Setting: Hashable, Sendable {
    /// Words in lower case, such as `["http", "port"]`.
    private let words: [String]
    /// A value that would be accepted; error messages quote it.
    package let example: String
    /// Whether the value must never be shown.
    package let isSecret: Bool
    /// Whether there is a flag for it; the flags of a process are there for all to see.
    package let hasFlag: Bool

    init(_ name: String, example: String, isSecret: Bool = false, hasFlag: Bool = true) {
        words = name.split(separator: "-").map(String.init)
        self.example = example
        self.isSecret = isSecret
        self.hasFlag = hasFlag
    }

    /// `SHRINKR_HTTP_PORT`.
    package var variable: String { "SHRINKR_" + words.map { $0.uppercased() }.joined(separator: "_") }

    /// `--http-port`.
    package var flag: String { "--" + words.joined(separator: "-") }

    /// `http.port`, the key under which configuration providers know it.
    var key: String { words.joined(separator: ".") }
}
