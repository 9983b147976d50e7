/// The description of the API, as `openapi.yaml` has it. `Tests/Scripts/make-docs-page.py` writes what it shows.
package struct DocsPage: Sendable {
    /// What `openapi.yaml` has for the server's address.
    private static let placeholder = Array("http://127.0.0.1:8000".utf8)

    private let viewer: Viewer?
    private let origin: String

    /// - Parameter origin: The public origin, without a slash at its end.
    package init(viewer: Viewer?, origin: String) {
        self.viewer = viewer
        self.origin = origin
    }

    package var bytes: [UInt8] {
        Page("API · Shrinkr", section: .docs, viewer: viewer) {
            HTML(trusted: reference)
        }.bytes
    }

    /// The description with this server's own address in its examples.
    private var reference: [UInt8] {
        let address = HTML(origin).bytes
        var (reference, rest): ([UInt8], ArraySlice<UInt8>) = ([], PackageResources.reference_html[...])
        while let start = rest.firstIndex(of: Self.placeholder[0]) {
            let isAddress = rest[start...].starts(with: Self.placeholder)
            reference += rest[..<start]
            reference += isAddress ? address[...] : rest[start...start]
            rest = rest[(start + (isAddress ? Self.placeholder.count : 1))...]
        }
        return reference + rest
    }
}
