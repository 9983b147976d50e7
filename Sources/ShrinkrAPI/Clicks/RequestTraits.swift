import HTTPTypes
import Hummingbird
import ShrinkrBase
import ShrinkrCore

/// The referring page of a request.
enum Referrer {
    private static let schemes: [StaticString] = ["https://", "http://", "android-app://"]

    /// The address without user information, query and fragment, which may hold what is nobody's business; nil where it
    /// is no web address.
    static func withoutSecrets(_ field: UntrustedText) -> String? {
        let page = field.cut(at: "?").before.cut(at: "#").before
        guard let scheme = schemes.first(where: page.beginsIgnoringCase) else { return nil }
        let rest = page.dropFirst(scheme.utf8CodeUnitCount)
        let authority = rest.cut(at: "/").before
        let userInfo = authority.bytes.lastIndex(of: UInt8(ascii: "@"))
        let host = userInfo.map { authority.bytes[($0 + 1)...] } ?? authority.bytes
        guard !host.isEmpty else { return nil }
        let address = scheme.withUTF8Buffer { Array($0) } + host + rest.bytes.dropFirst(authority.count)
        return UntrustedText(bytes: address).prefix(bytes: ClickLimits.referrerBytes).string
    }
}

/// The languages that a client asks for.
enum Language {
    /// The tag of the first language that `Accept-Language` names; nil for any or none.
    static func preferred(_ field: UntrustedText) -> String? {
        // A language may follow empty items (RFC 9110, section 5.6.1); who sends many means none.
        let first = UntrustedText(bytes: field.bytes.prefix(256).drop { $0 == 0x2C || $0 == 0x20 || $0 == 0x09 })
        let tag = first.cut(at: ",").before.cut(at: ";").before.trimmed
        let isTag =
            !tag.isEmpty && tag.count <= ClickLimits.languageBytes
            && tag.bytes.allSatisfy {
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
        return isTag ? tag.ascii : nil
    }
}

extension ClickHints {
    /// The hints that the fields of a request give.
    init(_ fields: HTTPFields) {
        func bytes(_ name: HTTPField.Name) -> [UInt8] { fields.text(name).map { Array($0.bytes) } ?? [] }
        var found = HintFields()
        found.hasAccept = fields.text(.accept) != nil
        found.hasLanguage = fields.text(.acceptLanguage) != nil
        found.hasFetchMode = fields.text(.secFetchMode) != nil
        found.hasVia = fields.text(.via) != nil
        self = bytes(.userAgent).withUnsafeBytes { userAgent in
            bytes(.secCHUA).withUnsafeBytes { brands in
                bytes(.secCHUAPlatform).withUnsafeBytes { platform in
                    bytes(.xForwardedProto).withUnsafeBytes { forwardedProtocol in
                        found.userAgent = userAgent
                        found.brands = brands
                        found.platform = platform
                        found.forwardedProtocol = forwardedProtocol
                        return found.hints
                    }
                }
            }
        }
    }
}
