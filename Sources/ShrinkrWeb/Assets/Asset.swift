import Crypto

/// A file that pages load, under a name that has its content in it: it may be kept for ever.
package struct Asset: Sendable {
    /// Where it is served.
    package let path: String
    package let type: String
    package let bytes: [UInt8]

    /// The part of ``path`` behind its last slash.
    package let name: String

    private init(_ stem: String, _ suffix: String, type: String, bytes: [UInt8]) {
        let digest = SHA256.hash(data: bytes).prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        name = "\(stem)-\(digest).\(suffix)"
        path = "/assets/\(name)"
        self.type = type
        self.bytes = bytes
    }

    package static let style = Asset(
        "style", "css", type: "text/css; charset=utf-8", bytes: PackageResources.style_css)
    package static let script = Asset(
        "script", "js", type: "text/javascript; charset=utf-8", bytes: PackageResources.script_js)
    package static let icon = Asset("icon", "svg", type: "image/svg+xml", bytes: PackageResources.icon_svg)

    package static let all = [style, script, icon]
}
