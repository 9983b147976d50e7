/// Who looks at a page, and what of it they may use. What is not shown to somebody is refused to them all the same.
package struct Viewer: Sendable {
    /// The token that every form sends.
    package let token: String
    /// Whether a key was presented; without one a person may be let in on the server's own machine.
    package let isSignedIn: Bool
    package let mayReadLinks: Bool
    package let mayWriteLinks: Bool
    package let mayReadStats: Bool
    package let isAdmin: Bool

    package init(
        token: String, isSignedIn: Bool, mayReadLinks: Bool, mayWriteLinks: Bool, mayReadStats: Bool, isAdmin: Bool
    ) {
        self.token = token
        self.isSignedIn = isSignedIn
        self.mayReadLinks = mayReadLinks
        self.mayWriteLinks = mayWriteLinks
        self.mayReadStats = mayReadStats
        self.isAdmin = isAdmin
    }

    /// A form that sends what is in it by `POST`, with the token.
    func form(
        _ action: String, class name: String = "", question: String? = nil, @HTMLBuilder content: () -> HTML
    ) -> HTML {
        element(
            "form", .method("post"), .action(action), .class(name), question.map { .plain("data-confirm", $0) }
        ) {
            element("input", .type("hidden"), .name("token"), .value(token))
            content()
        }
    }
}

/// A whole document: the frame around what a page says.
package struct Page: Sendable {
    /// The parts of the site that the bar leads to.
    package enum Section: Sendable {
        case links, stats, keys, docs
    }

    private let title: String
    private let section: Section?
    private let viewer: Viewer?
    private let content: HTML

    /// - Parameters:
    ///   - viewer: Nil for a visitor, who gets no bar.
    init(_ title: String, section: Section? = nil, viewer: Viewer? = nil, @HTMLBuilder content: () -> HTML) {
        self.title = title
        self.section = section
        self.viewer = viewer
        self.content = content()
    }

    package var bytes: [UInt8] { Array("<!doctype html>\n".utf8) + html.bytes + [UInt8(ascii: "\n")] }

    private var html: HTML {
        element("html", .plain("lang", "en")) {
            element("head") {
                element("meta", .plain("charset", "utf-8"))
                element("meta", .name("viewport"), .plain("content", "width=device-width, initial-scale=1"))
                element("meta", .name("robots"), .plain("content", "noindex"))
                element("meta", .name("color-scheme"), .plain("content", "light dark"))
                element("title") { title }
                element("link", .plain("rel", "icon"), .href(Asset.icon.path))
                element("link", .plain("rel", "stylesheet"), .href(Asset.style.path))
                if viewer != nil {
                    element("script", .src(Asset.script.path), .flag("defer"))
                }
            }
            element("body") {
                if viewer != nil || section == .docs {
                    element("a", .class("skip"), .href("#main")) { "Skip to the content" }
                    bar
                }
                element("main", .id("main"), .plain("tabindex", "-1")) { content }
                if viewer != nil {
                    element("p", .id("status"), .class("hidden"), .plain("role", "status"))
                }
            }
        }
    }

    private var bar: HTML {
        element("header", .class("bar")) {
            element("div") {
                element("a", .class("brand"), .href("/")) {
                    Icon.brand.html
                    "Shrinkr"
                }
                element("nav", .plain("aria-label", "Main")) {
                    element("ul") {
                        if viewer?.mayReadLinks ?? false { entry("Links", "/", .links) }
                        if viewer?.mayReadStats ?? false { entry("Statistics", "/admin/stats", .stats) }
                        if viewer?.isAdmin ?? false { entry("Keys", "/admin/keys", .keys) }
                        entry("API", "/docs", .docs)
                    }
                }
                if let viewer, viewer.isSignedIn {
                    viewer.form("/admin/sign-out") { element("button", .class("quiet")) { "Sign out" } }
                }
            }
        }
    }

    private func entry(_ name: String, _ path: String, _ section: Section) -> HTML {
        element("li") {
            element("a", .href(path), self.section == section ? .plain("aria-current", "page") : nil) { name }
        }
    }
}
