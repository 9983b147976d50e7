import Hummingbird
import ShrinkrCore

/// The referring page of a request.
enum Referrer {
    /// The address without user information, query and fragment, which may hold what is nobody's business; nil where it
    /// is no web address.
    static func withoutSecrets(_ text: String) -> String? {
        let page = text.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = ["https://", "http://", "android-app://"].first(where: { page.lowercased().hasPrefix($0) })
        else { return nil }
        let rest = page.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return host.isEmpty ? nil : scheme + host + rest.dropFirst(authority.count)
    }
}

/// The languages that a client asks for.
enum Language {
    /// The tag of the first language that `Accept-Language` names; nil for any or none.
    static func preferred(_ field: String) -> String? {
        let first = field.split(separator: ",", maxSplits: 1).first ?? ""
        let tag = first.split(separator: ";", maxSplits: 1).first.map { $0.trimmingWhitespace() } ?? ""
        let isTag =
            !tag.isEmpty && tag.utf8.count <= ClickLimits.languageBytes
            && tag.utf8.allSatisfy {
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
        return isTag ? String(tag) : nil
    }
}

extension Request {
    /// Whether the client says that it fetches ahead, without anyone having clicked (Fetch standard, `Sec-Purpose`).
    var isPrefetch: Bool {
        (headers[.secPurpose] ?? headers[.purpose])?.lowercased().contains("prefetch") ?? false
    }
}
