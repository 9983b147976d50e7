package import ShrinkrBase

/// One link: what it is, its QR code, its statistics, and the form that changes it.
package struct LinkPage: Sendable {
    private let viewer: Viewer
    private let link: LinkContent
    /// The link's entity tag, which a change names: nobody overwrites what somebody else changed meanwhile.
    private let version: String
    private let form: LinkForm
    private let stats: StatsView?
    private let notice: String?
    private let now: Timestamp

    package init(
        viewer: Viewer, link: LinkContent, version: String, form: LinkForm, stats: StatsView?, notice: String?,
        now: Timestamp
    ) {
        self.viewer = viewer
        self.link = link
        self.version = version
        self.form = form
        self.stats = stats
        self.notice = notice
        self.now = now
    }

    private var path: String { "/admin/links/\(link.code)" }
    private var isWrong: Bool { form.complaint != nil || !form.errors.isEmpty }

    package var bytes: [UInt8] {
        Page("\(link.spoken) · Shrinkr", section: .links, viewer: viewer) {
            if let notice { element("p", .class("note good"), .plain("role", "status")) { notice } }
            element("div", .class("head")) {
                element("div", .class("row")) {
                    element("h1") { link.spoken }
                    if let (word, kind) = link.obstacle(at: now) {
                        element("span", .class("chip \(kind)")) { word }
                    }
                }
                if link.deletedAt == nil {
                    element("div", .class("row")) {
                        CopyButton.wide(link.shortURL)
                        element("a", .class("button"), .href(link.shortURL)) {
                            Icon.external.html
                            "Open"
                        }
                    }
                }
            }
            element("div", .class(link.deletedAt == nil ? "columns" : "stack")) {
                facts
                if link.deletedAt == nil { qr }
            }
            if let stats { stats.html }
            if viewer.mayWriteLinks { changes }
        }.bytes
    }

    private var facts: HTML {
        element("section", .class("card stack"), .plain("aria-label", "About this link")) {
            element("dl", .class("facts")) {
                if let title = link.title { Self.fact("Title") { element("bdi") { title } } }
                Self.fact("Leads to") {
                    element("a", .href(link.url), .plain("rel", "noreferrer nofollow")) { element("bdi") { link.url } }
                }
                if !link.tags.isEmpty {
                    Self.fact("Tags") {
                        element("span", .class("chips")) {
                            for tag in link.tags {
                                element("a", .class("chip"), .href("/?tag=\(Query.encoded(tag))")) {
                                    element("bdi") { VisibleText.of(tag) }
                                }
                            }
                        }
                    }
                }
                Self.fact("Created") { time(link.createdAt) }
                if let start = link.startsAt { Self.fact("Works from") { time(start) } }
                if let end = link.expiresAt { Self.fact("Expires") { time(end) } }
                if let end = link.deletedAt { Self.fact("Deleted") { time(end) } }
                if let limit = link.maximumVisits {
                    Self.fact("Visits left") {
                        "\(Words.number(link.visitsLeft ?? 0)) of \(Words.number(limit))"
                    }
                }
                if let last = link.lastClickedAt { Self.fact("Last clicked") { time(last) } }
                Self.fact("Clicks in all") {
                    element("span", .class("number"), .flag("data-live-people")) { Words.number(link.people) }
                    " of people, "
                    element("span", .class("number"), .flag("data-live-bots")) { Words.number(link.bots) }
                    " of bots"
                }
            }
            if link.deletedAt == nil {
                element("p", .class("live"), .plain("data-live", "\(path)/live"), .flag("hidden")) { "Counting live" }
            }
        }
    }

    private static func fact(_ name: String, @HTMLBuilder _ content: () -> HTML) -> HTML {
        let content = content()
        return element("div", .class("fact")) {
            element("dt") { name }
            element("dd") { content }
        }
    }

    private var qr: HTML {
        element("section", .class("card qr"), .plain("aria-label", "QR code")) {
            element(
                "img", .src("\(path)/qr.svg"), .plain("alt", "QR code of \(link.spoken)"), .plain("width", "176"),
                .plain("height", "176"))
            element("p", .class("row small")) {
                element("a", .href("\(path)/qr.svg"), .plain("download", "\(link.code).svg")) { "SVG" }
                element("a", .href("\(path)/qr.png"), .plain("download", "\(link.code).png")) { "PNG" }
            }
        }
    }

    private var changes: HTML {
        element("section", .class("card"), .plain("aria-labelledby", "change")) {
            element("h2", .id("change")) { link.deletedAt == nil ? "Change this link" : "This link is deleted" }
            if link.deletedAt == nil {
                element("details", .flag("open", isWrong)) {
                    element("summary") { "Edit destination, title, tags, expiry, limit" }
                    form.change(link, version: version, viewer)
                }
                element("div", .class("row")) {
                    action(link.isEnabled ? "disable" : "enable", link.isEnabled ? "Disable" : "Enable")
                    action("delete", "Delete", class: "danger", question: "Delete \(link.spoken)? It can be restored.")
                }
            } else {
                element("p", .class("muted")) { "Its code stays taken, and its statistics stay readable." }
                action("restore", "Restore", class: "primary")
            }
        }
    }

    private func action(_ name: String, _ words: String, class kind: String = "", question: String? = nil) -> HTML {
        viewer.form("\(path)/\(name)", question: question) {
            element("input", .type("hidden"), .name("version"), .value(version))
            element("button", .class(kind)) { words }
        }
    }
}
