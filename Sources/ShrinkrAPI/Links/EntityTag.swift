import HTTPTypes
import Hummingbird
import ShrinkrCore

/// The entity tag of a link: its version in quotes (RFC 9110, section 8.8.3). Visits do not change it.
struct EntityTag {
    /// Most tags of one `If-Match`: each is tried in a transaction of its own.
    static let maximumTags = 8

    let text: String

    init(_ link: Link) {
        text = "\"\(link.version)\""
    }

    /// The versions that `If-Match` asks for; nil where it asks for none or for any.
    ///
    /// - Throws: ``Problem`` (412) where no version of ours can be meant. Weak tags never match (section 13.1.1).
    static func requiredVersions(_ request: Request) throws -> [Int]? {
        guard let field = request.headers[.ifMatch], field != "*" else { return nil }
        let tags = tags(in: field)
        guard tags.count <= maximumTags else { throw Problem.malformedRequest("If-Match names too many entity tags.") }
        let versions = tags.compactMap(version)
        guard !versions.isEmpty else { throw Problem.preconditionFailed }
        return versions
    }

    /// Whether the client has this version already: `If-None-Match`, where weak tags do match (section 13.1.2).
    func isKnown(to request: Request) -> Bool {
        guard let field = request.headers[.ifNoneMatch] else { return false }
        return field == "*" || Self.tags(in: field).contains { $0 == text || $0 == "W/\(text)" }
    }

    private static func tags(in field: String) -> [String] {
        field.split(separator: ",").map { String($0.trimmingWhitespace()) }
    }

    /// Nil for a tag that is not just as we write it: `"01"` and `"+1"` are other tags than `"1"`.
    private static func version(_ tag: String) -> Int? {
        guard let version = Int(tag.dropFirst().dropLast()), "\"\(version)\"" == tag else { return nil }
        return version
    }
}
