import ShrinkrBase

/// A breakdown as a list of values, each with a bar as long as its share.
struct BreakdownBars {
    /// Most values that are shown; the API has up to 100, and the CSV all of them.
    static let maximumValues = 8

    let breakdown: Breakdown

    var html: HTML {
        element("section", .class("card")) {
            element("h2") { breakdown.dimension.heading }
            if breakdown.values.isEmpty {
                element("p", .class("muted small")) { "Nothing in this time." }
            } else {
                Self.list(
                    breakdown.values.prefix(Self.maximumValues).map {
                        (Self.name($0.value, breakdown.dimension), nil, $0.clicks)
                    })
                if breakdown.values.count > Self.maximumValues {
                    element("p", .class("muted small")) {
                        "and \(breakdown.values.count - Self.maximumValues) more"
                    }
                }
            }
        }
    }

    /// - Parameter rows: Words, perhaps where they lead, and the clicks.
    static func list(_ rows: [(words: String, path: String?, clicks: Clicks)]) -> HTML {
        let most = max(1, rows.map(\.clicks.total).max() ?? 0)
        return element("ul", .class("bars")) {
            for row in rows {
                element("li") {
                    element(
                        "svg", .plain("viewBox", "0 0 1000 10"), .plain("preserveAspectRatio", "none"),
                        .plain("aria-hidden", "true"), .plain("focusable", "false")
                    ) {
                        element(
                            "rect", .plain("width", String(max(4, row.clicks.total * 1_000 / most))),
                            .plain("height", "10"))
                    }
                    if let path = row.path {
                        element("a", .class("one-line"), .href(path)) { row.words }
                    } else {
                        element("span", .class("one-line")) { element("bdi") { row.words } }
                    }
                    element("span", .class("number")) {
                        Words.number(row.clicks.people)
                        if row.clicks.bots > 0 {
                            element("span", .class("muted small")) { " + \(Words.bots(row.clicks.bots))" }
                        }
                    }
                }
            }
        }
    }

    private static func name(_ value: String, _ dimension: Breakdown.Dimension) -> String {
        guard value.isEmpty else { return VisibleText.of(value) }
        return switch dimension {
        case .referrer: "Direct, or not told"
        case .country, .browser, .os, .device, .language: "Unknown"
        }
    }
}
