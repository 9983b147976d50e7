/// A page of a few words: what visitors see who followed a link that leads nowhere, and what goes wrong on other pages.
package struct MessagePage: Sendable {
    package enum Part: Sendable {
        case text(String)
        /// A link that shows where it goes.
        case link(String)
        /// A label of ours, and somebody else's words for which it speaks: set apart, and in their own direction.
        case words(String, String)
        /// A button that sends an empty form by `POST` to a path of this server.
        case button(String, path: String)

        /// Whether the page has a form, which a policy has to allow.
        package var isForm: Bool {
            if case .button = self { true } else { false }
        }
    }

    private let title: String
    private let parts: [Part]

    package init(title: String, parts: [Part]) {
        self.title = title
        self.parts = parts
    }

    package var bytes: [UInt8] {
        Page(title) {
            element("div", .class("centre")) {
                Icon.brand.html
                element("h1") { title }
                for part in parts { Self.html(part) }
            }
        }.bytes
    }

    private static func html(_ part: Part) -> HTML {
        switch part {
        case .text(let text): element("p") { text }
        case .link(let url): element("p") { element("a", .plain("rel", "noreferrer nofollow"), .href(url)) { url } }
        case .words(let label, let words):
            element("p") {
                label
                " "
                element("q") { element("bdi") { words } }
            }
        case .button(let label, let path):
            element("form", .method("post"), .action(path)) { element("button", .class("primary")) { label } }
        }
    }
}
