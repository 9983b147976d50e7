/// A container image that cannot change: its tag is the commit that it was built of, or it is named by its digest.
package struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// Which of a repository's images it is.
    package enum Version: Sendable, Hashable {
        /// `sha-` and the commit's 40 hexadecimal digits.
        case tag(String)
        /// `sha256:` and 64 hexadecimal digits.
        case digest(String)
    }

    /// The host of the registry, with its port if it has one.
    package let registry: String
    /// The path in the registry, such as `shrinkr/api`.
    package let repository: String
    package let version: Version

    /// Why a text is not such an image.
    package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    init(registry: String, repository: String, version: Version) {
        self.registry = registry
        self.repository = repository
        self.version = version
    }

    /// Reads `registry/repository:sha-<40 hex>` or `registry/repository@sha256:<64 hex>`.
    package init(parsing text: String) throws(Refusal) {
        guard let slash = text.firstIndex(of: "/"), Self.isRegistry(text[..<slash]) else {
            throw Refusal(description: "'\(text)' does not begin with the host of a registry")
        }
        let rest = text[text.index(after: slash)...]
        let end = rest.firstIndex { $0 == ":" || $0 == "@" } ?? rest.endIndex
        guard Self.isRepository(rest[..<end]) else {
            throw Refusal(description: "'\(rest[..<end])' is not the name of a repository")
        }
        self.init(
            registry: String(text[..<slash]),
            repository: String(rest[..<end]),
            version: try Self.version(rest[end...]))
    }

    package var description: String { "\(registry)/\(repository)\(suffix)" }

    /// The part that says which image of the repository it is, with its separator.
    var suffix: String {
        switch version {
        case .tag(let tag): ":\(tag)"
        case .digest(let digest): "@\(digest)"
        }
    }

    /// Whether it stands for an image that is still to be built: a commit of forty zeros.
    var isPlaceholder: Bool {
        version == .tag("sha-" + String(repeating: "0", count: 40))
    }

    private static func version(_ text: Substring) throws(Refusal) -> Version {
        let value = text.dropFirst()
        if text.first == "@", value.hasPrefix("sha256:"), isHexadecimal(value.dropFirst(7), digits: 64) {
            return .digest(String(value))
        }
        if text.first == ":", value.hasPrefix("sha-"), isHexadecimal(value.dropFirst(4), digits: 40) {
            return .tag(String(value))
        }
        let remedy = "use sha-<40 hexadecimal digits of the commit> or a digest @sha256:<64>"
        if text.isEmpty { throw Refusal(description: "has no tag, so it would be 'latest'; \(remedy)") }
        if text.contains("@") { throw Refusal(description: "'\(text)' is not a digest alone; \(remedy)") }
        throw Refusal(description: "has the tag '\(value)', which may be moved to another image; \(remedy)")
    }

    private static func isHexadecimal(_ text: Substring, digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
    }

    private static func isRegistry(_ text: Substring) -> Bool {
        let isMadeRight = text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
        return isMadeRight && text.utf8.first.map(isWord) == true
            && (text.contains(".") || text.contains(":") || text == "localhost")
    }

    private static func isRepository(_ text: Substring) -> Bool {
        text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            return isWord(first) && isWord(last) && part.utf8.allSatisfy { isWord($0) || "._".utf8.contains($0) }
        }
    }

    /// Lower-case letters, digits and dashes.
    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension ImageReference {
    /// The account and the region of a private registry of Amazon ECR; `nil` for any other registry.
    ///
    /// Hosts look like `123456789012.dkr.ecr.eu-central-1.amazonaws.com`, or `….amazonaws.com.cn` in China.
    var ecr: (account: String, region: String)? {
        let parts = registry.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[1] == "dkr", parts[2] == "ecr", parts[4] == "amazonaws", parts[5] == "com",
            parts[0].utf8.count == 12, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return (String(parts[0]), String(parts[3]))
    }
}
