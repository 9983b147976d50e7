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
