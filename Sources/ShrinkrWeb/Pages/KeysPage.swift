package import ShrinkrBase

/// An API key as the API shows it (`GET /api/v1/keys`), for a page.
package struct KeyContent: Sendable {
    let id: String
    let name: String
    let scopes: [String]
    let createdAt: String
    let expiresAt: String?
    let revokedAt: String?
    let lastUsedAt: String?

    package init(_ json: JSONValue) {
        id = json[member: "id"].text ?? ""
        name = VisibleText.of(json[member: "name"].text ?? "")
        scopes = json[member: "scopes"].items.compactMap(\.text)
        createdAt = json[member: "created_at"].text ?? ""
        expiresAt = json[member: "expires_at"].text
        revokedAt = json[member: "revoked_at"].text
        lastUsedAt = json[member: "last_used_at"].text
    }

    fileprivate func end(at now: Timestamp) -> (word: String, kind: String)? {
        if revokedAt != nil { return ("Revoked", "bad") }
        guard let end = expiresAt.flatMap({ Timestamp(rfc3339: $0) }), end <= now else { return nil }
        return ("Expired", "warn")
    }
}

/// The API keys: a list, and a form that makes one.
package struct KeysPage: Sendable {
    /// What was filled in, and what was wrong with it.
    package struct Form: Sendable {
        package var name = ""
        package var scopes: [String] = []
        package var complaints: [String] = []

        package init() {}
    }

    private static let scopes = [
        ("links:read", "Read links"), ("links:write", "Make and change links"), ("stats:read", "Read statistics"),
        ("admin", "Everything, keys included"),
    ]

    private let viewer: Viewer
    private let keys: [KeyContent]
    private let form: Form
    /// The key that was made just now: it is shown this once.
    private let made: String?
    private let next: String?
    private let now: Timestamp

    package init(viewer: Viewer, keys: [KeyContent], form: Form, made: String?, next: String?, now: Timestamp) {
        self.viewer = viewer
        self.keys = keys
        self.form = form
        self.made = made
        self.next = next
        self.now = now
    }

    package var bytes: [UInt8] {
        Page("API keys · Shrinkr", section: .keys, viewer: viewer) {
            element("h1") { "API keys" }
            if let made {
                element("div", .class("note good stack"), .plain("role", "status")) {
                    element("p") { "The key is made. Copy it now: it is not shown again." }
                    element("p", .class("row")) {
                        element("code") { made }
                        CopyButton.wide(made)
                    }
                }
            }
            if keys.isEmpty {
                element("p", .class("muted")) {
                    "There is no key yet. From the first one on everybody needs one, also on this machine: keep it."
                }
            } else {
                list
            }
            creation
        }.bytes
    }

    private var list: HTML {
        element("section", .class("card"), .plain("aria-label", "Keys")) {
            element(
                "div", .class("scroll"), .plain("tabindex", "0"), .plain("role", "region"), .plain("aria-label", "Keys")
            ) {
                element("table") {
                    element("thead") {
                        element("tr") {
                            for heading in ["Name", "May", "Created", "Last used"] {
                                element("th", .plain("scope", "col")) { heading }
                            }
                            element("th", .plain("scope", "col")) { element("span", .class("hidden")) { "Revoke" } }
                        }
                    }
                    element("tbody") { for key in keys { row(key) } }
                }
            }
            if let next {
                element("p", .class("more")) { element("a", .class("button"), .href("?\(next)")) { "More keys" } }
            }
        }
    }

    private func row(_ key: KeyContent) -> HTML {
        element("tr") {
            element("td") {
                element("bdi") { key.name }
                element("br")
                element("code", .class("muted")) { "shk_\(key.id)_…" }
            }
            element("td") { key.scopes.joined(separator: ", ") }
            element("td") { time(key.createdAt, dayOnly: true) }
            element("td") { if let last = key.lastUsedAt { time(last) } else { "never" } }
            element("td") {
                if let (word, kind) = key.end(at: now) {
                    element("span", .class("chip \(kind)")) { word }
                } else {
                    viewer.form(
                        "/admin/keys/\(key.id)/revoke", question: "Revoke this key? Nobody can use it any more."
                    ) {
                        element("button", .class("danger"), .plain("aria-label", "Revoke \(key.name)")) { "Revoke" }
                    }
                }
            }
        }
    }

    private var creation: HTML {
        viewer.form("/admin/keys", class: "card stack") {
            element("h2") { "New key" }
            for complaint in form.complaints {
                element("p", .class("note bad"), .plain("role", "alert")) { complaint }
            }
            element("div", .class("field")) {
                element("label", .for("name")) { "Name" }
                element(
                    "input", .id("name"), .name("name"), .value(form.name), .flag("required"),
                    .plain("maxlength", "100"), .plain("autocomplete", "off"))
            }
            element("fieldset") {
                element("legend", .class("label")) { "It may" }
                for (scope, words) in Self.scopes {
                    element("label", .class("check")) {
                        element(
                            "input", .type("checkbox"), .name("scope"), .value(scope),
                            .flag("checked", form.scopes.contains { UntrustedText($0).equals(scope) }))
                        words
                    }
                }
            }
            element("div", .class("row")) { element("button", .class("primary")) { "Make key" } }
        }
    }
}
