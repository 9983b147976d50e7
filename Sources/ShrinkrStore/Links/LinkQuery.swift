package import ShrinkrBase
package import ShrinkrCore

/// Which links a page lists.
package struct LinkQuery: Hashable, Sendable {
    /// In what order links are listed. The raw values are those of the API's parameter `order`.
    package enum Order: String, CaseIterable, Hashable, Sendable {
        /// By when links were created; their place does not change while others are added.
        case newest, oldest
        /// Most clicks of people and bots first, and of links with equally many the newest. A link whose clicks are
        /// counted between two pages may be on both, or on neither.
        case clicks
        /// The same by when the last click was.
        case lastClick = "last_click"
    }

    /// A link's place in the order of a list.
    package struct Place: Hashable, Sendable {
        /// What the list is sorted by: clicks, or the bucket of the last one; 0 where it is the number alone.
        package let rank: Int64
        /// The link's number, which grows in the order of creation.
        package let id: Int64

        package init(rank: Int64 = 0, id: Int64) {
            self.rank = rank
            self.id = id
        }
    }

    /// Most links on the page.
    package var limit: Int
    package var order: Order
    /// The last link of the page before this one (``LinkPage/next``).
    package var after: Place?
    /// A text that the link's ``SearchText`` contains, letters in any case.
    package var search: String?
    /// Tags that the link has, all of them, matched exactly.
    package var tags: [String]
    /// Whether the link is switched on, where that counts.
    package var enabled: Bool?
    /// The first instant at which the link may have been made.
    package var createdFrom: Timestamp?
    /// The first instant at which it may no longer.
    package var createdBefore: Timestamp?
    /// Whether deleted links are listed that can be restored, instead of live ones.
    package var deleted: Bool

    package init(
        limit: Int, order: Order = .newest, after: Place? = nil, search: String? = nil, tags: [String] = [],
        enabled: Bool? = nil, createdFrom: Timestamp? = nil, createdBefore: Timestamp? = nil, deleted: Bool = false
    ) {
        self.limit = limit
        self.order = order
        self.after = after
        self.search = search
        self.tags = tags
        self.enabled = enabled
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
        self.deleted = deleted
    }
}

/// A link with its clicks.
package struct CountedLink: Hashable, Sendable {
    package let link: Link
    package let clicks: LinkClicks

    package init(link: Link, clicks: LinkClicks) {
        self.link = link
        self.clicks = clicks
    }
}

/// All clicks of a link that are counted so far: the sum of its buckets.
package struct LinkClicks: Hashable, Sendable {
    package var tally: Tally
    /// The bucket of the last click; nil where there is none.
    package var last: TimeBucket?

    package init(tally: Tally = Tally(), last: TimeBucket? = nil) {
        self.tally = tally
        self.last = last
    }
}

extension LinkClicks {
    /// What a database keeps in the place of the last bucket where there is none: before all buckets.
    package static let neverClicked: Int64 = -1

    /// - Parameter bucket: as a database keeps it.
    package init(people: Int, bots: Int, lastBucket bucket: Int64) {
        self.init(
            tally: Tally(people: people, bots: bots),
            last: bucket == Self.neverClicked ? nil : TimeBucket(index: bucket))
    }
}

extension CountedLink {
    /// The link's place in a list.
    ///
    /// - Parameter id: the link's number.
    package func place(in order: LinkQuery.Order, id: Int64) -> LinkQuery.Place {
        switch order {
        case .newest, .oldest: LinkQuery.Place(id: id)
        case .clicks: LinkQuery.Place(rank: Int64(clicks.tally.clicks), id: id)
        case .lastClick: LinkQuery.Place(rank: clicks.last?.index ?? LinkClicks.neverClicked, id: id)
        }
    }
}

/// One page of links.
package struct LinkPage: Hashable, Sendable {
    package let entries: [CountedLink]
    /// Where the next page begins; nil on the last page.
    package let next: LinkQuery.Place?

    package var links: [Link] { entries.map(\.link) }

    package init(entries: [CountedLink], next: LinkQuery.Place?) {
        self.entries = entries
        self.next = next
    }
}

extension LinkPage {
    /// - Parameter rows: links with their numbers in order: those of the page, and one more where there is another page.
    package init(_ rows: [(id: Int64, entry: CountedLink)], of query: LinkQuery) {
        let page = rows.prefix(max(0, query.limit))
        let next = page.count < rows.count ? page.last.map { $0.entry.place(in: query.order, id: $0.id) } : nil
        self.init(entries: page.map(\.entry), next: next)
    }
}

extension LinkQuery {
    /// Whether the text that is looked for is longer than a destination may be, and so than all that is searched.
    package func isHopeless(maximumLength: Int) -> Bool { (search?.utf8.count ?? 0) > maximumLength }

    /// What SQL's `LIKE … ESCAPE '\\'` compares with: the text with its wildcards taken literally, and anything around it.
    package var searchPattern: String? {
        searched.map { text in
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
