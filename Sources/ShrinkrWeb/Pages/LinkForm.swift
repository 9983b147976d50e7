import ShrinkrBase

/// The fields of a link in a form, with what was sent last and what was wrong with it.
package struct LinkForm: Sendable {
    package var url = ""
    package var code = ""
    package var title = ""
    package var tags = ""
    /// Title and tags as the form showed them: what nobody has changed stays as it is, a tag with a comma and a title with
    /// invisible characters too.
    package var (shownTitle, shownTags): (String?, String?) = (nil, nil)
    /// Times as RFC 3339, in UTC; the script shows them in the reader's zone.
    package var startsAt = ""
    package var expiresAt = ""
    package var maximumVisits = ""
    package var redirectStatus = 302
    package var forwardsQuery = false
    /// What is wrong, by the name of the API's member.
    package var errors: [(name: String, sentence: String)] = []
    /// What is wrong with the whole.
    package var complaint: String?

    package init() {}

    package init(_ link: LinkContent) {
        url = link.url
        title = link.title ?? ""
        shownTitle = title
        tags = link.tags.joined(separator: ", ")
        shownTags = tags
        startsAt = link.startsAt ?? ""
        expiresAt = link.expiresAt ?? ""
        maximumVisits = link.maximumVisits.map(String.init) ?? ""
        redirectStatus = link.redirectStatus
        forwardsQuery = link.forwardsQuery
    }

    private func error(_ name: StaticString) -> String? {
        errors.first { UntrustedText($0.name).equals(name) }?.sentence
    }

    /// Whether something beside the destination was filled in or is wrong.
    private var hasOptions: Bool {
        !errors.filter { !UntrustedText($0.name).equals("url") }.isEmpty
            || [code, title, tags, startsAt, expiresAt, maximumVisits].contains { !$0.isEmpty } || forwardsQuery
            || redirectStatus != 302
    }

    /// The form that makes a link: one line, and the rest behind a word.
    func creation(_ viewer: Viewer) -> HTML {
        viewer.form("/admin/links", class: "card create") {
            complaintNote
            element("label", .for("url")) { "Shorten a long URL" }
            element("div", .class("line")) {
                urlInput(focused: complaint != nil || !errors.isEmpty)
                element("button", .class("primary")) { "Shorten" }
            }
            errorLine("url")
            element("details", .flag("open", hasOptions)) {
                element("summary") { "Options: own code, title, tags, expiry, limit" }
                element("div", .class("grid")) {
                    field("code", "Own code", hint: "Letters, digits, - and _. Empty: a random one.") {
                        input("code", code, max: 64)
                    }
                    options
                }
            }
        }
    }

    /// The form that changes a link.
    func change(_ link: LinkContent, version: String, _ viewer: Viewer) -> HTML {
        viewer.form("/admin/links/\(link.code)", class: "stack") {
            complaintNote
            element("input", .type("hidden"), .name("version"), .value(version))
            element("div", .class("grid")) {
                element("div", .class("field wide")) {
                    element("label", .for("url")) { "Leads to" }
                    urlInput(focused: false)
                    errorLine("url")
                }
                options
            }
            element("div", .class("row")) { element("button", .class("primary")) { "Save changes" } }
        }
    }

    @HTMLBuilder private var complaintNote: HTML {
        if let complaint { element("p", .class("note bad"), .plain("role", "alert")) { complaint } }
    }

    private func urlInput(focused: Bool) -> HTML {
        element(
            "input", .id("url"), .name("url"), .type("url"), .value(url), .flag("required"),
            .plain("placeholder", "https://"), .plain("autocomplete", "off"), .plain("inputmode", "url"),
            .plain("spellcheck", "false"), .flag("autofocus", focused),
            error("url") == nil ? nil : .plain("aria-invalid", "true"),
            error("url") == nil ? nil : .plain("aria-describedby", "url-error"))
    }

    @HTMLBuilder private var options: HTML {
        field("title", "Title", hint: "For you; visitors see it in the preview.") { input("title", title, max: 200) }
        field("tags", "Tags", hint: "With commas between them.") { input("tags", tags, max: 2_000) }
        if let shownTitle { element("input", .type("hidden"), .name("title_shown"), .value(shownTitle)) }
        if let shownTags { element("input", .type("hidden"), .name("tags_shown"), .value(shownTags)) }
        field("max_visits", "Visit limit", hint: "Empty: as often as people like.") {
            input("max_visits", maximumVisits, max: 12, type: "number")
        }
        moment("starts_at", "Works from", startsAt)
        moment("expires_at", "Expires", expiresAt)
        element("div", .class("field")) {
            element("label", .for("redirect_status")) { "Redirect" }
            element("select", .id("redirect_status"), .name("redirect_status")) {
                for (status, words) in Self.redirects {
                    element("option", .value(String(status)), .flag("selected", status == redirectStatus)) { words }
                }
            }
            errorLine("redirect_status")
        }
        element("label", .class("check")) {
            element(
                "input", .type("checkbox"), .name("forward_query"), .value("true"), .flag("checked", forwardsQuery))
            "Pass the visitor's query on"
        }
    }

    private static let redirects = [
        (302, "302 · found"), (307, "307 · keeps the method"), (301, "301 · for good"),
        (308, "308 · for good, keeps the method"),
    ]

    private func input(_ name: StaticString, _ value: String, max: Int, type: String = "text") -> HTML {
        let isWrong = error(name) != nil
        return element(
            "input", .id("\(name)"), .name("\(name)"), .type(type), .value(value), .plain("maxlength", String(max)),
            .plain("autocomplete", "off"), UntrustedText(type).equals("number") ? .plain("min", "1") : nil,
            .plain("aria-describedby", isWrong ? "\(name)-error" : "\(name)-hint"),
            isWrong ? .plain("aria-invalid", "true") : nil)
    }

    private func field(_ name: StaticString, _ label: String, hint: String, control: () -> HTML) -> HTML {
        element("div", .class("field")) {
            element("label", .for("\(name)")) { label }
            control()
            if error(name) == nil { element("p", .class("hint"), .id("\(name)-hint")) { hint } }
            errorLine(name)
        }
    }

    /// A time: without the script it is read as UTC.
    private func moment(_ name: StaticString, _ label: String, _ value: String) -> HTML {
        element("div", .class("field")) {
            element("label", .for("\(name)-local")) { label }
            element(
                "input", .id("\(name)-local"), .name("\(name)_local"), .type("datetime-local"),
                .value(Self.local(value)), .plain("data-utc", "\(name)"), .plain("aria-describedby", "\(name)-hint"))
            element("input", .type("hidden"), .name("\(name)"), .value(value))
            element("p", .class("hint"), .id("\(name)-hint")) {
                "Time zone: "
                element("span", .plain("data-zone", "\(name)_local")) { "UTC" }
            }
            errorLine(name)
        }
    }

    /// `2026-11-28T09:30` of `2026-11-28T09:30:00Z`.
    private static func local(_ time: String) -> String { UntrustedText(time).prefix(bytes: 16).string }

    @HTMLBuilder private func errorLine(_ name: StaticString) -> HTML {
        if let sentence = error(name) {
            element("p", .class("error"), .id("\(name)-error")) { sentence }
        }
    }
}
