package import ShrinkrCore

/// Which links a page lists.
package struct LinkQuery: Hashable, Sendable {
    /// In what order links were created; their place does not change while others are added.
    package enum Order: String, CaseIterable, Hashable, Sendable {
        case newest, oldest
    }

    /// Most links on the page.
    package var limit: Int
    package var order: Order
    /// The last link of the page before this one (``LinkPage/next``).
    package var after: Int64?
    /// A text that code, destination or title contain, ASCII letters in any case.
    package var search: String?
    /// A tag that the link has, matched exactly.
    package var tag: String?
    /// Whether deleted links are listed that can be restored, instead of live ones.
    package var deleted: Bool

    package init(
        limit: Int, order: Order = .newest, after: Int64? = nil, search: String? = nil, tag: String? = nil,
        deleted: Bool = false
    ) {
        self.limit = limit
        self.order = order
        self.after = after
        self.search = search
        self.tag = tag
        self.deleted = deleted
    }
}

/// One page of links.
package struct LinkPage: Hashable, Sendable {
    package let links: [Link]
    /// Where the next page begins; nil on the last page.
    package let next: Int64?

    package init(links: [Link], next: Int64?) {
        self.links = links
        self.next = next
    }
}

extension LinkQuery {
    /// Whether the text that is looked for is longer than a destination may be, and so than all that is searched.
    package func isHopeless(maximumLength: Int) -> Bool { (search?.utf8.count ?? 0) > maximumLength }

    /// What SQL's `LIKE … ESCAPE '\'` compares with: the text with its wildcards taken literally, and anything around it.
    package var searchPattern: String? {
        search.map { text in
            var pattern = "%".unicodeScalars
            for scalar in text.unicodeScalars {
                if "\\%_".unicodeScalars.contains(scalar) { pattern.append("\\") }
                pattern.append(scalar)
            }
            pattern.append("%")
            return String(pattern)
        }
    }
}
