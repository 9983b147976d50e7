import ShrinkrBase
import ShrinkrStore

/// Reads the host from a `Referer` (RFC 9110, section 10.1.3).
enum ReferrerDomain {
    /// The host in lower case without port and `www.`; ``ClassifiedClick/direct`` without a referrer,
    /// ``ClassifiedClick/invalid`` for one that names no host.
    ///
    /// Any scheme will do: Android apps send `android-app://com.example.app/`.
    static func read(_ referrer: String?) -> String {
        guard let referrer, !referrer.isEmpty else { return ClassifiedClick.direct }
        return host(of: referrer) ?? ClassifiedClick.invalid
    }

    private static func host(of referrer: String) -> String? {
        guard let authority = authority(of: referrer) else { return nil }
        let hostAndPort = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[authority.index(after: $0)...] }
        var host = withoutPort(hostAndPort ?? authority)
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        let text = UntrustedText(bytes: host).lowercasedASCII
        let name = text.begins(with: "www.") ? text.dropFirst(4) : text
        guard !name.isEmpty, name.count <= StoreLimits.valueBytes, name.bytes.allSatisfy(isAllowed) else { return nil }
        return name.ascii
    }

    /// What stands between `scheme://` and the path (RFC 3986, section 3.2).
    private static func authority(of text: String) -> Substring.UTF8View? {
        let bytes = text.utf8[...]
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon != bytes.startIndex else { return nil }
        let rest = bytes[colon...].dropFirst()
        guard rest.starts(with: "//".utf8) else { return nil }
        return rest.dropFirst(2).prefix { !"/?#\\".utf8.contains($0) }
    }

    private static func withoutPort(_ authority: Substring.UTF8View) -> Substring.UTF8View {
        if authority.first == UInt8(ascii: "["), let end = authority.firstIndex(of: UInt8(ascii: "]")) {
            return authority[...end]
        }
        return authority.prefix { $0 != UInt8(ascii: ":") }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._[]:".utf8.contains(byte)
        }
    }
}
