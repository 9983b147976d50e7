/// What a Swift file imports, declares and uses.
struct SourceFile: Sendable {
    /// From the folder of its target.
    let path: String
    private(set) var imports: Set<String> = []
    /// Types that other files can use by their own name: those at the file's top level that are not private.
    private(set) var types: Set<String> = []
    /// All types, nested and private ones included.
    private(set) var allTypes: Set<String> = []
    /// Functions and initialisers by their full name with that of their type in front, such as `LinkCache.find(_:)`.
    private(set) var functions: Set<String> = []
    private(set) var words: Set<String> = []

    /// The folder in its target; `.` for the target's own.
    var folder: String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static let typeKeywords: Set<String> = ["actor", "class", "enum", "protocol", "struct", "typealias"]
    private static let kindsOfImports: Set<String> = typeKeywords.union(["func", "let", "var"])

    init(path: String, bytes: [UInt8]) {
        self.path = path
        let tokens = SwiftTokens.of(bytes)
        words = Set(tokens)
        /// The type that each open brace belongs to; nil where it is another's.
        var scopes: [String?] = []
        var opening: String?
        var isPrivate = false
        for (index, token) in tokens.enumerated() {
            let next = index + 1 < tokens.count ? tokens[index + 1] : ""
            let isMember = index > 0 && tokens[index - 1] == "."
            switch token {
            case "{":
                scopes.append(opening)
                opening = nil
                isPrivate = false
            case "}":
                if !scopes.isEmpty { scopes.removeLast() }
                isPrivate = false
            case "private", "fileprivate": isPrivate = true
            case "import" where scopes.isEmpty:
                imports.insert(Self.kindsOfImports.contains(next) ? tokens[index + 2] : next)
                isPrivate = false
            case "extension" where !isMember:
                var name = index + 1
                while name + 2 < tokens.count, tokens[name + 1] == "." { name += 2 }
                opening = tokens[name]
                isPrivate = false
            case "func":
                functions.insert(Self.name(next, of: scopes, labels: Self.labels(tokens, from: index + 2)))
                isPrivate = false
            case "init" where !isMember && ["(", "?", "<", "!"].contains(next):
                functions.insert(Self.name("init", of: scopes, labels: Self.labels(tokens, from: index + 1)))
            case _ where !isMember && Self.typeKeywords.contains(token) && Self.isName(next):
                allTypes.insert(next)
                if scopes.isEmpty, !isPrivate { types.insert(next) }
                opening = token == "typealias" ? nil : next
                isPrivate = false
            case "let", "var": isPrivate = false
            default: break
            }
        }
    }

    /// Keywords that follow `class` where it declares no type.
    private static func isName(_ word: String) -> Bool {
        (word.utf8.first.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) ?? false
    }

    private static func name(_ function: String, of scopes: [String?], labels: [String]) -> String {
        let type = scopes.last.flatMap { $0 }.map { "\($0)." } ?? ""
        return "\(type)\(function)(\(labels.map { "\($0):" }.joined()))"
    }

    /// The labels of the parameters in the first parentheses from `start` on.
    private static func labels(_ tokens: [String], from start: Int) -> [String] {
        guard let open = tokens[start...].firstIndex(of: "(") else { return [] }
        var labels: [String] = []
        var depth = 0
        var isLabel = true
        for token in tokens[(open + 1)...] {
            switch token {
            case ")" where depth == 0: return labels
            case "(", "[", "{", "<": depth += 1
            case ")", "]", "}", ">": depth -= 1
            case "," where depth == 0: isLabel = true
            default:
                if isLabel { labels.append(token) }
                isLabel = false
            }
        }
        return labels
    }
}
