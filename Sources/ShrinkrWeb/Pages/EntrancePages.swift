/// What a visitor without access sees at `/`: that there is nothing to see, and where people with a key get in.
package struct LandingPage: Sendable {
    /// Whether the host that was asked for is one under which links are managed.
    private let hasEntrance: Bool

    package init(hasEntrance: Bool) {
        self.hasEntrance = hasEntrance
    }

    package var bytes: [UInt8] {
        Page("Short links") {
            element("div", .class("centre")) {
                Icon.brand.html
                element("h1") { "This address makes links short" }
                element("p", .class("muted")) {
                    "If somebody sent you a short link, open it as it is, with the part behind the slash."
                }
                if hasEntrance { element("p") { element("a", .href("/admin/sign-in")) { "Sign in" } } }
            }
        }.bytes
    }
}

/// Where people present their key.
package struct SignInPage: Sendable {
    private let token: String
    private let complaint: String?

    /// - Parameter complaint: Why the last try failed.
    package init(token: String, complaint: String? = nil) {
        self.token = token
        self.complaint = complaint
    }

    package var bytes: [UInt8] {
        Page("Sign in · Shrinkr") {
            element("div", .class("centre")) {
                element("div", .class("card stack")) {
                    element("h1") { "Sign in" }
                    form
                    element("p", .class("small muted")) {
                        "Whoever runs this server makes keys with "
                        element("code") { "shrinkr keys create" }
                        "."
                    }
                }
            }
        }.bytes
    }

    private var form: HTML {
        element("form", .method("post"), .action("/admin/sign-in"), .class("stack")) {
            element("input", .type("hidden"), .name("token"), .value(token))
            element("div", .class("field")) {
                element("label", .for("key")) { "API key" }
                element(
                    "input", .id("key"), .name("key"), .type("password"), .plain("autocomplete", "current-password"),
                    .flag("required"), .flag("autofocus"), .plain("maxlength", "512"),
                    .plain("aria-describedby", complaint == nil ? "key-hint" : "key-error"),
                    complaint == nil ? nil : .plain("aria-invalid", "true"))
                if let complaint {
                    element("p", .id("key-error"), .class("error"), .plain("role", "alert")) { complaint }
                } else {
                    element("p", .id("key-hint"), .class("hint")) { "It stays signed in on this browser for 7 days." }
                }
            }
            element("button", .class("primary")) { "Sign in" }
        }
    }
}
