package import ShrinkrBase

/// The list of links, with the form that makes one: what people with a key see at `/`.
package struct LinksPage: Sendable {
    /// What of all links is shown, in the words of the API's query.
    package struct Filter: Sendable {
        package var search = ""
        package var tag = ""
        package var order = Order.newest
        package var isOfDeleted = false

        package init() {}

        /// Whether links may be missing from the list that are there.
        var isActive: Bool { !search.isEmpty || !tag.isEmpty || isOfDeleted }
    }

    package enum Order: String, CaseIterable, Sendable {
        case newest, clicks
        case lastClick = "last_click"

        var words: String {
            switch self {
            case .newest: "Newest first"
            case .clicks: "Most clicks"
            case .lastClick: "Last clicked"
            }
        }
    }

    private let viewer: Viewer
    private let links: [LinkContent]
    private let filter: Filter
    private let form: LinkForm
    /// The query that leads to the next page of the list, without the question mark.
    private let next: String?
    private let csv: String
    private let made: LinkContent?
    private let notice: String?
    private let now: Timestamp

    package init(
        viewer: Viewer, links: [LinkContent], filter: Filter, form: LinkForm, next: String?, csv: String,
        made: LinkContent?, notice: String?, now: Timestamp
    ) {
        self.viewer = viewer
        self.links = links
        self.filter = filter
        self.form = form
        self.next = next
        self.csv = csv
        self.made = made
        self.notice = notice
        self.now = now
    }

    package var bytes: [UInt8] {
        Page("Links · Shrinkr", section: .links, viewer: viewer) {
            element("h1", .class("hidden")) { "Links" }
            if let made { Self.banner(made) }
            if let notice { element("p", .class("note"), .plain("role", "status")) { notice } }
            if viewer.mayWriteLinks { form.creation(viewer) }
            if viewer.mayReadLinks {
                filters
                if links.isEmpty { empty } else { list }
            }
        }.bytes
    }

    /// What was made just now, to take along.
    private static func banner(_ link: LinkContent) -> HTML {
        element("div", .class("note good made"), .plain("role", "status")) {
            element("div") {
                element("p", .class("small")) { "Your short link is ready" }
                element("a", .href(link.shortURL)) { link.spoken }
            }
            element("div", .class("row")) {
                CopyButton.wide(link.shortURL)
                element("a", .class("button"), .href("/admin/links/\(link.code)")) { "QR code and options" }
            }
        }
    }

    private var filters: HTML {
        element("form", .action("/"), .class("filters"), .plain("role", "search")) {
            element("div", .class("search")) {
                element("label", .for("q"), .class("hidden")) { "Search links" }
                element(
                    "input", .id("q"), .name("q"), .type("search"), .value(filter.search), .plain("maxlength", "200"),
                    .plain("placeholder", "Search code, address, title, tag"))
            }
            element("div", .class("field")) {
                element("label", .for("order"), .class("hidden")) { "Order" }
                element("select", .id("order"), .name("order"), .flag("data-submit")) {
                    for order in Order.allCases {
                        element("option", .value(order.rawValue), .flag("selected", order == filter.order)) {
                            order.words
                        }
                    }
                }
            }
            element("div", .class("field")) {
                element("label", .for("deleted"), .class("hidden")) { "Which links" }
                element("select", .id("deleted"), .name("deleted"), .flag("data-submit")) {
                    element("option", .value("false"), .flag("selected", !filter.isOfDeleted)) { "Links" }
                    element("option", .value("true"), .flag("selected", filter.isOfDeleted)) { "Deleted links" }
                }
            }
            if !filter.tag.isEmpty { element("input", .type("hidden"), .name("tag"), .value(filter.tag)) }
            element("button") {
                Icon.search.html
                "Search"
            }
            element(
                "a", .class("button quiet"), .href("/admin/links.csv\(csv)"), .plain("download", "links.csv"),
                .plain("title", "The first 10,000 of these links as a file; `shrinkr export` writes all of them")
            ) {
                Icon.download.html
                "CSV"
            }
            if !filter.tag.isEmpty {
                element("p", .class("wide chips")) {
                    "Tag"
                    element("span", .class("chip")) { filter.tag }
                    element("a", .href("/")) { "Show all" }
                }
            }
        }
    }

    private var empty: HTML {
        element("div", .class("card empty")) {
            if filter.isActive {
                element("h2") { "Nothing found" }
                element("p", .class("muted")) {
                    filter.isOfDeleted ? "No deleted link is like that." : "No link is like that."
                }
                element("p") { element("a", .href("/")) { "Show all links" } }
            } else {
                element("h2") { "No links yet" }
                element("p", .class("muted")) { "Paste a long URL above, and the first one is made." }
            }
        }
    }

    @HTMLBuilder private var list: HTML {
        element("ol", .class("links"), .flag("data-endless"), .plain("aria-label", "Links")) {
            for link in links { item(link) }
        }
        if let next {
            element("p", .class("more")) {
                element("a", .class("button"), .href("/?\(next)"), .flag("data-more")) { "More links" }
            }
        }
    }

    private func item(_ link: LinkContent) -> HTML {
        element("li", .class("card link")) {
            element("div", .class("stack")) {
                element("div", .class("short")) {
                    element("a", .href("/admin/links/\(link.code)"), .plain("aria-label", link.spoken)) {
                        element("span", .class("host muted")) { link.spokenHost }
                        "/\(link.code)"
                    }
                    if link.deletedAt == nil { CopyButton.small(link.shortURL) }
                }
                element("p", .class("one-line muted small")) {
                    if let title = link.title {
                        element("bdi") { title }
                        " · "
                    }
                    element("bdi") { link.spokenDestination }
                }
                element("div", .class("chips")) {
                    if let (word, kind) = link.obstacle(at: now) {
                        element("span", .class("chip \(kind)")) { word }
                    }
                    for tag in link.tags {
                        element("a", .class("chip"), .href("/?tag=\(Query.encoded(tag))")) {
                            element("bdi") { VisibleText.of(tag) }
                        }
                    }
                    element("span", .class("small muted")) { time(link.createdAt, dayOnly: true) }
                }
            }
            element("p", .class("count number")) {
                element("b") { Words.number(link.people) }
                element("span", .class("small muted")) {
                    link.people == 1 ? "click" : "clicks"
                    if link.bots > 0 { " · \(Words.bots(link.bots))" }
                }
            }
        }
    }
}

/// Buttons that put a text on the clipboard; without the script, which does it, they stay away.
enum CopyButton {
    static func small(_ text: String) -> HTML {
        element(
            "button", .type("button"), .class("quiet"), .plain("data-copy", text), .flag("hidden"),
            .plain("aria-label", "Copy \(text)")
        ) { Icon.copy.html }
    }

    static func wide(_ text: String) -> HTML {
        element("button", .type("button"), .class("primary"), .plain("data-copy", text), .flag("hidden")) {
            Icon.copy.html
            element("span", .flag("data-label")) { "Copy" }
        }
    }
}
