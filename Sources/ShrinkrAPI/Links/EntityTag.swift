import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore

/// The entity tag of a link: its version in quotes (RFC 9110, section 8.8.3). Visits and
/// clicks do not change it, so that they make no change fail that asks for it.
///
/// A proxy that compresses an answer gives it another tag: it makes it weak, as nginx does, or adds the coding's name, as
/// Apache does (`"3-gzip"`) and others (`"3;gzip"`, `"3--gzip"`). Clients send back what they got, and mean the version;
/// so it is the version that is compared.
struct EntityTag {
    /// Most tags of one field.
    static let maximumTags = 64
    /// What compressing proxies add to a tag, after one or two of `-`, `;` and `:`.
    private static let codings: [StaticString] = ["gzip", "br", "zstd", "deflate", "compress", "df"]

    let text: String
    private let version: Int

    init(_ link: Link) {
        version = link.version
        text = "\"\(version)\""
    }

    /// The versions that `If-Match` asks for; nil where it asks for none or for any.
    ///
    /// - Throws: ``Problem`` (412) where no version of ours can be meant; (400) where there are too many tags.
    static func requiredVersions(_ request: Request) throws -> [Int]? {
        guard let field = request.headers.text(.ifMatch), !field.trimmed.equals("*") else { return nil }
        guard let tags = field.split(on: ",", atMost: maximumTags) else {
            throw Problem.malformedRequest("If-Match names more than \(maximumTags) entity tags.")
        }
        let versions = tags.compactMap(version)
        guard !versions.isEmpty else { throw Problem.preconditionFailed }
        return versions
    }

    /// Whether the client has this version already: `If-None-Match`. Of too many tags none is known.
    func isKnown(to request: Request) -> Bool {
        guard let field = request.headers.text(.ifNoneMatch) else { return false }
        return field.trimmed.equals("*")
            || field.split(on: ",", atMost: Self.maximumTags)?.contains { Self.version($0) == version } == true
    }

    /// Whether the client has what the tag `"opaque"` stands for already: `If-None-Match`.
    ///
    /// - Parameter opaque: ASCII letters and digits.
    static func isKnown(_ opaque: String, to request: Request) -> Bool {
        guard let field = request.headers.text(.ifNoneMatch) else { return false }
        return field.trimmed.equals("*")
            || field.split(on: ",", atMost: maximumTags)?.contains { item in
                guard let sent = self.opaque(item), sent.bytes.starts(with: opaque.utf8) else { return false }
                return isOfProxy(sent.dropFirst(opaque.utf8.count))
            } == true
    }

    /// What is between the quotes of a tag, weak or strong.
    private static func opaque(_ item: UntrustedText) -> UntrustedText? {
        let tag = item.trimmed
        let strong = tag.begins(with: "W/") ? tag.dropFirst(2) : tag
        guard strong.count > 2, strong.begins(with: "\""), strong.ends(with: "\"") else { return nil }
        return strong.dropFirst().dropLast()
    }

    /// Nil for a tag that is not as we write it, or as a proxy changes that: `"01"` and `"+1"` are other tags than `"1"`.
    private static func version(_ item: UntrustedText) -> Int? {
        guard let opaque = opaque(item) else { return nil }
        let number = UntrustedText(bytes: opaque.bytes.prefix { (0x30...0x39).contains($0) })
        guard let version = number.digits, number.equals(String(version)),
            isOfProxy(opaque.dropFirst(number.count))
        else { return nil }
        return version
    }

    private static func isOfProxy(_ suffix: UntrustedText) -> Bool {
        guard !suffix.isEmpty else { return true }
        let name = UntrustedText(bytes: suffix.bytes.drop { "-;:".utf8.contains($0) })
        return (1...2).contains(suffix.count - name.count) && codings.contains { name.equals($0) }
    }
}
